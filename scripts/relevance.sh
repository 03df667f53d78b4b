#!/usr/bin/env bash
# Says how well search answers the judged queries of the demo shop (docs/search.md).
#
#   scripts/relevance.sh                 nDCG@10, the queries below 0.8 with what they found
#   scripts/relevance.sh --below 1       all that are not answered perfectly
#
# Fills throw-away servers with what the demo shop sells: nothing of yours is touched.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
export DJANGO_SETTINGS_MODULE=ecommerce_backend.settings_test
export SHOP_BASE_URL=http://127.0.0.1:8000
export DJANGO_SECRET_KEY=only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz
export JWT_SIGNING_KEY=only-for-tests-abcdefghijklmnop-0123456789
exec .venv/bin/python scripts/embedded.py .venv/bin/python -m ecommerce_backend.demo.relevance "$@"
