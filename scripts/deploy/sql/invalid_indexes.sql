-- Indexes that a failed CREATE INDEX CONCURRENTLY left behind: written to, never read.
SELECT
    index.indexrelid::regclass::text AS index,
    index.indrelid::regclass::text AS relation,
    pg_get_indexdef(index.indexrelid) AS definition
FROM pg_index AS index
WHERE NOT (index.indisvalid AND index.indisready)
    AND index.indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index)
ORDER BY 1
