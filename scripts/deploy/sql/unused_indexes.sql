-- Large indexes that no query chose, though the table was read through others often enough to tell.
SELECT
    stat.indexrelid::regclass::text AS index,
    stat.relid::regclass::text AS relation,
    class.relpages::bigint * current_setting('block_size')::int AS bytes,
    reads.scans AS scans
FROM pg_stat_user_indexes AS stat
JOIN pg_index AS index ON index.indexrelid = stat.indexrelid
JOIN pg_class AS class ON class.oid = stat.indexrelid
JOIN (
    SELECT relid, sum(idx_scan) AS scans FROM pg_stat_user_indexes GROUP BY relid
) AS reads ON reads.relid = stat.relid
WHERE stat.idx_scan = 0
    AND NOT index.indisunique AND NOT index.indisexclusion AND index.indisvalid
    AND reads.scans >= :'index_scans'::bigint
    AND class.relpages::bigint * current_setting('block_size')::int >= :'index_bytes'::bigint
ORDER BY bytes DESC
LIMIT 10
