-- Settings without which an acknowledged order can be lost or a password read, for the whole server
-- and as a role or database overrides them.
WITH musts (name, wanted) AS (
    VALUES
        ('fsync', '{on}'::text[]),
        ('synchronous_commit', '{on,remote_write,remote_apply}'),
        ('full_page_writes', '{on}'),
        ('data_checksums', '{on}'),
        ('password_encryption', '{scram-sha-256}'),
        ('track_counts', '{on}'),
        ('autovacuum', '{on}')
), overrides AS (
    SELECT
        format('%s in %s', coalesce(rolname, 'every role'), coalesce(datname, 'every database'))
            AS place,
        split_part(setting, '=', 1) AS name,
        substr(setting, strpos(setting, '=') + 1) AS value
    FROM pg_db_role_setting
    LEFT JOIN pg_roles ON pg_roles.oid = setrole
    LEFT JOIN pg_database ON pg_database.oid = setdatabase,
        unnest(setconfig) AS setting
)
SELECT musts.name, pg_settings.reset_val AS value, musts.wanted[1] AS wanted, 'the server' AS place
FROM musts JOIN pg_settings ON pg_settings.name = musts.name
WHERE NOT pg_settings.reset_val = ANY (musts.wanted)
    -- A superuser's own override would show here as the server's; it is listed as an override.
    AND pg_settings.source NOT IN ('user', 'database', 'database user')
UNION ALL
SELECT musts.name, overrides.value, musts.wanted[1], overrides.place
FROM musts JOIN overrides ON overrides.name = musts.name
WHERE NOT overrides.value = ANY (musts.wanted)
ORDER BY 1, 4
