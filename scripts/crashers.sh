#!/usr/bin/env bash
# Sends every crasher to every operation, field, parameter and header, as guest, customer and staff.
#
# The test command deals them out, by whoever may ask; this is all of it, in about twelve minutes.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
exec env CRASHERS=full scripts/test.sh ecommerce_backend/tests/test_crashers.py --durations=10 "$@"
