#!/usr/bin/env bash
# The one list of checks. `scripts/test.sh` calls it with servers running.
set -Eeuo pipefail

export DJANGO_SETTINGS_MODULE=ecommerce_backend.settings_test
export SHOP_BASE_URL=http://127.0.0.1:8000
export DJANGO_SECRET_KEY=only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz
export JWT_SIGNING_KEY=only-for-tests-abcdefghijklmnop-0123456789

if [ $# -gt 0 ]; then
  exec pytest "$@"
fi

step() {
  printf '\n\033[1m▸ %s\033[0m\n' "$*"
  "$@"
}

step ruff check .
step ruff format --check .
mapfile -t scripts < <(git ls-files '*.sh')
step shellcheck --external-sources .ci/run "${scripts[@]}"
step hadolint Dockerfile.prod
step lint-imports
step mypy .
step python manage.py makemigrations --check --dry-run
step python -m scripts.lint_migrations
step env SHOP_BASE_URL=https://shop.example DJANGO_SETTINGS_MODULE=ecommerce_backend.settings \
  python manage.py check --deploy --fail-level WARNING
step python manage.py spectacular --validate --fail-on-warn --file /dev/null
step pytest --numprocesses=2 --dist=loadgroup --cov --cov-report=term
