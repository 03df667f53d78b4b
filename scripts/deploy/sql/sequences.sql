-- Sequences that near the end of their numbers or of the column that takes them.
WITH limits AS (
    SELECT
        format('%I.%I', pg_sequences.schemaname, pg_sequences.sequencename) AS sequence,
        pg_sequences.last_value,
        least(pg_sequences.max_value, CASE attribute.atttypid
            WHEN 'int2'::regtype THEN 32767
            WHEN 'int4'::regtype THEN 2147483647
            ELSE 9223372036854775807
        END) AS last_number
    FROM pg_sequences
    LEFT JOIN pg_depend AS owner
        ON owner.objid = format('%I.%I', pg_sequences.schemaname, pg_sequences.sequencename)::regclass
        AND owner.classid = 'pg_class'::regclass AND owner.deptype IN ('a', 'i')
        AND owner.refobjsubid > 0
    LEFT JOIN pg_attribute AS attribute
        ON attribute.attrelid = owner.refobjid AND attribute.attnum = owner.refobjsubid
    WHERE NOT pg_sequences.cycle
)
SELECT sequence, last_value AS at, last_number,
    round(100.0 * last_value / last_number)::int AS share
FROM limits
WHERE last_value >= :'sequence_share'::float8 * last_number
ORDER BY share DESC
