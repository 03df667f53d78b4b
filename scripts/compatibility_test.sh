#!/usr/bin/env bash
# Lets the code of the last release serve a shop on the tables of this one, from browsing to review.
#
#   scripts/compatibility_test.sh          against the last release tag
#   scripts/compatibility_test.sh v1.2.0   against this tag, branch or commit
#
# With no tag yet it takes the last commit that had other migrations, and says so. The servers are
# throw-away ones. Takes about three minutes, and three more when that release had other libraries.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt
exec .venv/bin/python -m scripts.compatibility "$@"
