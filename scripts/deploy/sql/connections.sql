-- How much of the connection budget is taken, and by whom.
WITH budget AS (
    SELECT current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - current_setting('reserved_connections')::int AS allowed
), taken AS (
    SELECT coalesce(usename, '?') AS role, count(*) AS number,
        count(*) FILTER (WHERE state = 'idle') AS idle
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    GROUP BY usename
)
SELECT
    budget.allowed,
    coalesce((SELECT sum(number) FROM taken), 0)::int AS used,
    coalesce((
        SELECT string_agg(format('%s %s (%s idle)', role, number, idle), ', ' ORDER BY number DESC)
        FROM taken
    ), '') AS holders
FROM budget
WHERE (SELECT sum(number) FROM taken) >= :'connection_share'::float8 * budget.allowed
