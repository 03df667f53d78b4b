-- Replicas that lag, and slots that hold back write-ahead log for a replica that is gone.
SELECT
    'replica' AS kind,
    coalesce(nullif(application_name, ''), client_addr::text, '?') AS name,
    pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint AS bytes,
    coalesce(extract(epoch FROM replay_lag), 0)::float8 AS lag_s,
    state
FROM pg_stat_replication
WHERE application_name <> 'pg_basebackup'
    AND (replay_lag > :'lag_s'::float8 * interval '1 second'
        OR pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) > :'lag_bytes'::bigint)
UNION ALL
SELECT
    'slot', slot_name,
    pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint, 0, coalesce(wal_status, '')
FROM pg_replication_slots
WHERE NOT active
    AND (wal_status IN ('unreserved', 'lost')
        OR pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > :'lag_bytes'::bigint)
ORDER BY 1, 2
