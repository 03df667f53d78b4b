-- The largest tables, with their indexes and what is kept aside.
SELECT
    relid::regclass::text AS relation,
    pg_total_relation_size(relid) AS bytes,
    n_live_tup AS rows
FROM pg_stat_user_tables
WHERE relid NOT IN (  -- its size would be told only once the lock is gone
    SELECT relation FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL
)
ORDER BY bytes DESC
LIMIT 20
