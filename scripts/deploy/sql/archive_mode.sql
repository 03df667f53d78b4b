-- A server that puts its write-ahead log nowhere: what was ordered since the last backup can be lost.
SELECT setting AS value FROM pg_settings WHERE name = 'archive_mode' AND setting = 'off'
