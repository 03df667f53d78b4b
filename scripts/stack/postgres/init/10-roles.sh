#!/bin/bash
# Runs once, when the data directory is new: the roles, and what each may do.
# Passwords come from files, never from arguments, which every process can see.
set -Eeuo pipefail

psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname nexus <<'SQL'
\set owner_password `cat /run/secrets/db_owner_password`
\set app_password `cat /run/secrets/db_app_password`
\set backup_password `cat /run/secrets/db_backup_password`

-- Makes and changes tables. A migration must not queue readers behind a lock it waits for.
CREATE ROLE nexus_owner LOGIN PASSWORD :'owner_password' CONNECTION LIMIT 6;
ALTER ROLE nexus_owner SET lock_timeout = '2s';

-- What the shop runs as: rows, no tables. A request ends before its client gives up.
CREATE ROLE nexus_app LOGIN PASSWORD :'app_password' CONNECTION LIMIT 62;
ALTER ROLE nexus_app SET statement_timeout = '5s';
ALTER ROLE nexus_app SET lock_timeout = '3s';
ALTER ROLE nexus_app SET idle_in_transaction_session_timeout = '30s';

-- Reads everything, and restores into databases of its own to prove what it read.
CREATE ROLE nexus_backup LOGIN REPLICATION CREATEDB PASSWORD :'backup_password' CONNECTION LIMIT 8;
GRANT pg_read_all_data, pg_monitor TO nexus_backup;

ALTER DATABASE nexus OWNER TO nexus_owner;
REVOKE ALL ON DATABASE nexus FROM PUBLIC;
GRANT CONNECT ON DATABASE nexus TO nexus_app, nexus_backup;
ALTER SCHEMA public OWNER TO nexus_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO nexus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE nexus_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO nexus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE nexus_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO nexus_app;
SQL

psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
  --command 'CREATE EXTENSION pg_stat_statements'
