-- Large tables that are read from end to end, often.
SELECT
    relid::regclass::text AS relation,
    seq_scan AS scans,
    (seq_tup_read / seq_scan)::bigint AS rows_each
FROM pg_stat_user_tables
WHERE seq_scan >= :'seq_scans'::bigint
    AND seq_tup_read / seq_scan >= :'seq_rows'::bigint
    AND seq_scan > coalesce(idx_scan, 0)
ORDER BY seq_tup_read DESC
LIMIT 10
