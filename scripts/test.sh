#!/usr/bin/env bash
# Runs every check and test against throw-away servers; with arguments, just those tests.
#
#   scripts/test.sh                                   everything
#   scripts/test.sh orders/tests/test_place_order.py  a part: whatever pytest accepts
#   scripts/test.sh -k "last unit"
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH"
exec python scripts/embedded.py bash scripts/checks.sh "$@"
