-- Pages whose checksum was wrong when read: the disk or memory lost something.
SELECT
    coalesce(datname, 'shared tables') AS name,
    checksum_failures AS failures,
    to_char(checksum_last_failure AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS last_failure
FROM pg_stat_database
WHERE checksum_failures > 0
ORDER BY 1
