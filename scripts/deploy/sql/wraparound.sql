-- Transaction ids used up since the oldest row was frozen; PostgreSQL stops writing at 2^31.
SELECT
    datname AS name,
    greatest(age(datfrozenxid), mxid_age(datminmxid)) AS age
FROM pg_database
WHERE greatest(age(datfrozenxid), mxid_age(datminmxid)) > :'xid_age'::bigint
ORDER BY age DESC
