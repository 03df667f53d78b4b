-- Whether the shop's role may open as many connections as the settings make it open.
SELECT
    rolname AS role,
    rolconnlimit AS allowed,
    :'app_connections'::int AS needed,
    current_setting('max_connections')::int AS all_together
FROM pg_roles
WHERE rolname = 'nexus_app' AND rolconnlimit BETWEEN 0 AND :'app_connections'::int - 1
