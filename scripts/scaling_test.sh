#!/usr/bin/env bash
# Tests every step past one machine (docs/SCALING.md) with real servers on loopback.
#
#   scripts/scaling_test.sh                a few minutes
#   scripts/scaling_test.sh -k sentinel    a part: whatever pytest accepts
#
# Needs a PostgreSQL that was built with TLS, and PgBouncer; scripts/test.sh needs neither.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

export PATH="$PWD/.venv/bin:$PATH:/usr/sbin"
for server in /usr/lib/postgresql/*/bin/postgres; do
  [ -x "$server" ] || die 'Install PostgreSQL (on Debian: apt install --no-install-recommends postgresql)'
done
command -v pgbouncer >/dev/null || die 'Install PgBouncer (on Debian: apt install --no-install-recommends pgbouncer)'

install requirements.txt requirements-local.txt requirements-dev.txt
exec python scripts/embedded.py bash scripts/checks.sh scripts/tests/scaling "$@"
