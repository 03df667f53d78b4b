#!/usr/bin/env bash
# Sends generated requests to a real shop and looks at every answer: no server error, nothing
# outside the OpenAPI document.
#
#   scripts/fuzz.sh                       2,000 cases
#   scripts/fuzz.sh --cases 25000         the nightly form
#   scripts/fuzz.sh --seed 42             the cases of an earlier run again
#   scripts/fuzz.sh --as staff            one kind of caller instead of guest, customer and staff
#
# DATABASE_URL and REDIS_URL name servers to use; a database is made there and dropped again.
# Without them throw-away servers are started.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
exec .venv/bin/python -m scripts.fuzz "$@"
