-- Statements of the shop that take long on average, or most of the database's time.
WITH statements AS (
    SELECT queryid, query, calls, mean_exec_time, total_exec_time, rows,
        total_exec_time / nullif(sum(total_exec_time) OVER (), 0) AS share
    FROM pg_stat_statements
    JOIN pg_database ON pg_database.oid = dbid AND datname = :'shop'
    JOIN pg_roles ON pg_roles.oid = userid AND rolname <> 'nexus_backup'
    WHERE query NOT LIKE 'SELECT jsonb_build_object(%AS answer'  -- the doctor's own
        AND query !~* '^\s*(copy|vacuum|analyze|create|alter|drop|reindex|cluster|refresh|set|show|begin|commit)\M'
)
SELECT
    queryid::text AS id,
    left(query, 500) AS statement,
    calls,
    round(mean_exec_time::numeric, 1)::float8 AS mean_ms,
    round(total_exec_time::numeric / 1000, 1)::float8 AS total_s,
    round(100 * share::numeric)::int AS share
FROM statements
WHERE calls >= :'slow_calls'::bigint AND mean_exec_time >= :'slow_ms'::float8
ORDER BY total_exec_time DESC
LIMIT 5
