#!/usr/bin/env bash
# Sessions against three workers, at length: two hundred rounds of twenty parallel refreshes, with and
# without the grace for lost answers; forged tokens; every way a session ends.
#
#   scripts/sessions_test.sh                      about three minutes
#   REFRESH_ROUNDS=50 scripts/sessions_test.sh    fewer rounds
#
# The main list plays twenty rounds.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
exec env REFRESH_ROUNDS="${REFRESH_ROUNDS:-200}" scripts/test.sh ecommerce_backend/tests/workers -n0 --no-cov --durations=5 "$@"
