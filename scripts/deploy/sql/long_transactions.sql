-- Transactions that keep vacuum from clearing up. Backups may take an hour, everything else a minute.
SELECT
    pid,
    coalesce(application_name, '') AS application,
    coalesce(usename, '') AS role,
    coalesce(state, '') AS state,
    extract(epoch FROM clock_timestamp() - xact_start)::int AS age_s,
    left(query, 500) AS statement
FROM pg_stat_activity
WHERE backend_type = 'client backend'
    AND pid <> pg_backend_pid()
    AND clock_timestamp() - xact_start > interval '1 second' * CASE
        WHEN application_name IN ('pg_dump', 'pg_basebackup') OR usename = 'nexus_backup'
            THEN :'backup_s'::float8
        ELSE :'transaction_s'::float8
    END
UNION ALL
SELECT
    0, 'prepared ' || gid, owner, 'prepared',
    extract(epoch FROM clock_timestamp() - prepared)::int, ''
FROM pg_prepared_xacts
WHERE clock_timestamp() - prepared > interval '1 second' * :'transaction_s'::float8
ORDER BY age_s DESC
