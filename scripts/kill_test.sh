#!/usr/bin/env bash
# Kills real workers in the middle of long jobs, an import and a picture: another goes on, and
# nothing is doubled or lost. About a minute.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH"
exec python scripts/embedded.py bash scripts/checks.sh catalog/tests/kills -n0 --no-cov "$@"
