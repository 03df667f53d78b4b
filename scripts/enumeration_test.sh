#!/usr/bin/env bash
# Measures whether the time an answer takes tells which addresses have accounts: at signing in,
# registering, resetting a password and asking for the link again, for accounts of each kind.
#
#   scripts/enumeration_test.sh              300 samples of known and of unknown accounts, about three minutes
#   SAMPLES=50 scripts/enumeration_test.sh   fewer
#
# Ends with 1 when a rank test tells a kind from no account (p at most 0.01) and the medians are 5 ms
# or more apart. A control, a shop that hashes for known accounts alone, has to be found out.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH"
exec python scripts/embedded.py bash scripts/checks.sh scripts/tests/enumeration -n0 --no-cov "$@"
