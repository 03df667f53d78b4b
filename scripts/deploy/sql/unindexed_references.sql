-- Foreign keys without an index: deleting what they refer to reads the whole table, under a lock.
SELECT
    reference.conrelid::regclass::text AS relation,
    reference.conname AS name,
    (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY place.ordinality)
        FROM unnest(reference.conkey) WITH ORDINALITY AS place (attnum, ordinality)
        JOIN pg_attribute ON attrelid = reference.conrelid AND pg_attribute.attnum = place.attnum
    ) AS columns
FROM pg_constraint AS reference
JOIN pg_class AS class ON class.oid = reference.conrelid
WHERE reference.contype = 'f'
    AND class.reltuples >= :'reference_rows'::bigint
    AND NOT EXISTS (
        SELECT FROM pg_index AS index
        WHERE index.indrelid = reference.conrelid AND index.indisvalid AND index.indpred IS NULL
            AND (index.indkey::int2[])[0:cardinality(reference.conkey) - 1]
                @> reference.conkey
    )
ORDER BY 1, 2
LIMIT 10
