-- Tables in which dead rows pile up: autovacuum is off, hindered or does not keep pace.
SELECT
    relid::regclass::text AS relation,
    n_dead_tup AS dead,
    n_live_tup AS live,
    round(100.0 * n_dead_tup / (n_live_tup + n_dead_tup))::int AS share,
    to_char(last_autovacuum AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS last_autovacuum,
    coalesce('autovacuum_enabled=false' = ANY (class.reloptions), false) AS is_switched_off
FROM pg_stat_user_tables
JOIN pg_class AS class ON class.oid = relid
WHERE n_dead_tup >= :'dead_rows'::bigint
    AND n_dead_tup > 0.4 * (n_live_tup + n_dead_tup)
    AND relid NOT IN (SELECT relid FROM pg_stat_progress_vacuum)
ORDER BY n_dead_tup DESC
LIMIT 10
