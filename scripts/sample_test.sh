#!/usr/bin/env bash
# Imports and searches real products: what goes in, what is found, and how far up.
#
#   SAMPLE_DATA=folder scripts/sample_test.sh   two minutes and more; needs products-2k.csv,
#                                               products-2k-awkward.json and products-50k.jsonl.gz
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

: "${SAMPLE_DATA:?names the folder of the real catalogues}"
install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH"
exec python scripts/embedded.py bash scripts/checks.sh catalog/tests/sample -n2 --no-cov "$@"
