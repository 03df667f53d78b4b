#!/usr/bin/env bash
# Says how well search answers the judged queries of the demo shop (docs/search.md).
#
#   scripts/relevance.sh                 nDCG@10, the queries below 0.8 with what they found
#   scripts/relevance.sh --below 1       all that are not answered perfectly
#
# Fills throw-away servers with the demo shop, so that nothing of yours is touched.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
export DJANGO_SETTINGS_MODULE=ecommerce_backend.settings_test
export SHOP_BASE_URL=http://127.0.0.1:8000
export DJANGO_SECRET_KEY=only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz
export JWT_SIGNING_KEY=only-for-tests-abcdefghijklmnop-0123456789
export BELOW="${2:-0.8}"
# shellcheck disable=SC2016 # the inner shell expands it
exec .venv/bin/python scripts/embedded.py bash -c '
  set -Eeuo pipefail
  export PATH="$PWD/.venv/bin:$PATH"
  folder=ecommerce_backend/demo/content/relevance
  python manage.py migrate --verbosity 0
  python scripts/seed_database.py > /dev/null
  python manage.py measure_relevance "$folder/judged.json" --below "$BELOW"
  python manage.py measure_relevance "$folder/holdout.json" --holdout
'
