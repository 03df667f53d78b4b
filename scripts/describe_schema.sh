#!/usr/bin/env bash
# Writes docs/schema.sql, the diagrams in docs/schema/ and the list of tables in
# docs/DATABASE_README.md, from the migrations and the models. Needed after a change of a model.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH"
export DJANGO_SETTINGS_MODULE=ecommerce_backend.settings_test SHOP_BASE_URL=http://127.0.0.1:8000
export DJANGO_SECRET_KEY=only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz
export JWT_SIGNING_KEY=only-for-tests-abcdefghijklmnop-0123456789
exec python scripts/embedded.py python -m scripts.schema
