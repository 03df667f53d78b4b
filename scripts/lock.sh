#!/usr/bin/env bash
# Compiles the requirements*.in lists into pinned ones with hashes, for Python 3.11 to 3.13 at once.
#
#   scripts/lock.sh              takes over what the .in lists changed
#   scripts/lock.sh --upgrade    moves everything to the newest versions the lists allow
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
for list in requirements requirements-local requirements-dev requirements-contract; do
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header "$@" \
    --output-file "$list.txt" "$list.in"
done
