-- Databases whose text indexes were built under another version of the sorting rules.
SELECT datname AS name, datcollversion AS built, pg_database_collation_actual_version(oid) AS actual
FROM pg_database
WHERE datallowconn AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)
