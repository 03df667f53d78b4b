-- Tables far larger than their rows need, by the average width that ANALYZE saw.
WITH widths AS (
    SELECT schemaname, tablename, sum((1 - null_frac) * avg_width) AS row_bytes
    FROM pg_stats
    WHERE NOT inherited
    GROUP BY schemaname, tablename
), sizes AS (
    SELECT
        class.oid::regclass::text AS relation,
        -- Not pg_relation_size, which waits for whoever locks the table.
        class.relpages::bigint * current_setting('block_size')::int AS bytes,
        -- 24 bytes of row header, 4 of line pointer, up to 7 of alignment; 20 % air in a page.
        (class.reltuples * (widths.row_bytes + 24 + 4 + 7) * 1.2)::bigint AS needed
    FROM pg_class AS class
    JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    JOIN widths ON widths.schemaname = namespace.nspname AND widths.tablename = class.relname
    WHERE class.relkind = 'r' AND class.reltuples >= 0
        AND namespace.nspname NOT IN ('pg_catalog', 'information_schema')
)
SELECT relation, bytes, bytes - needed AS wasted
FROM sizes
WHERE bytes - needed > :'bloat_bytes'::bigint AND needed < bytes / 2
ORDER BY wasted DESC
LIMIT 10
