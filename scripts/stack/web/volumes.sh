#!/bin/sh
# Gives each volume to the account that writes there, and opens it to the group of those that read.
# What is in them is left alone. 10010 is the group of the stack's containers.
set -eu

give() { # NAME OWNER GROUP MODE
  chown "$2:$3" "/volumes/$1"
  chmod "$4" "/volumes/$1"
}

give wal_archive 999 10010 2770 # PostgreSQL writes, the backup reads and prunes
give base_backups 10002 10002 0750
give backups 10002 10002 0750
give media 10001 10010 2755
give static 10001 10010 2755
give letsencrypt 10003 10010 2750
give tls 10003 10010 2750
give acme 10003 10010 2755
give reports 10001 10010 2775 # the shop, certbot and the backup each write theirs
