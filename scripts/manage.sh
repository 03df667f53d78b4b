#!/usr/bin/env bash
# Runs a management command against the shop of scripts/run.sh, whether that is up or not.
#
#   scripts/manage.sh import_catalog products.csv
#
# Takes the same environment as scripts/run.sh.
set -Eeuo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt
cd "$OLDPWD"
PYTHONPATH="$here" exec "$here/.venv/bin/python" -m scripts.local manage "$@"
