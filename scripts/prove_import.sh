#!/usr/bin/env bash
# Proves on a large catalogue that the import is fast, repeatable and complete; touches nothing of yours.
#
#   scripts/prove_import.sh products.jsonl.gz
#
# A worker of throw-away servers imports the file twice, then what the shop exports, as CSV and as
# JSON lines; every product is looked for by its exact name. Ends with 1 when something does not hold.
set -Eeuo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

file="${1:?names the file to import}"
[ -f "$file" ] || die "There is no $file"
file=$(realpath "$file")
cd "$(dirname "$0")/.."
install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH" DJANGO_SETTINGS_MODULE=ecommerce_backend.settings
export SHOP_BASE_URL=http://127.0.0.1:8000
export DJANGO_SECRET_KEY=only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz
export JWT_SIGNING_KEY=only-for-tests-abcdefghijklmnop-0123456789
export SHOP_RATE_LIMITS=address=1000000/minute
exec python scripts/embedded.py python -m scripts.prove_import "$file"
