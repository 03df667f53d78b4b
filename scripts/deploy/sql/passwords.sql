-- Roles whose password is kept as MD5, and superusers with a password besides the local one.
SELECT
    rolname AS role,
    CASE WHEN rolpassword LIKE 'md5%' THEN 'md5' ELSE 'superuser' END AS problem
FROM pg_authid
WHERE rolcanlogin
    AND (rolpassword LIKE 'md5%' OR rolsuper AND rolname <> 'postgres')
ORDER BY 1
