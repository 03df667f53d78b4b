-- Write-ahead log that could not be put away: it fills the disk, and no point in time after it can be restored.
SELECT
    archiver.failed_count AS failures,
    archiver.last_failed_wal AS segment,
    to_char(archiver.last_failed_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS last_failed,
    coalesce(
        to_char(archiver.last_archived_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), 'never'
    ) AS last_archived
FROM pg_stat_archiver AS archiver
WHERE archiver.last_failed_time > coalesce(archiver.last_archived_time, '-infinity')
