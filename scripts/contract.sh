#!/usr/bin/env bash
# Tests the shop from outside, as browsers and generated clients see it. Needs Node 20 and Chromium.
#
#   scripts/contract.sh                  everything
#   scripts/contract.sh -k newman        a part: whatever pytest accepts
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

command -v npm >/dev/null || die 'Install Node 20 or newer: https://nodejs.org'
if [ -z "${CHROMIUM:-}" ]; then
  CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    die 'Install Chromium (on Debian: apt install chromium), or name one: CHROMIUM=/path/to/chromium'
fi
export CHROMIUM

install requirements.txt requirements-local.txt requirements-dev.txt requirements-contract.txt
lock=scripts/contract/package-lock.json
stamp=scripts/contract/node_modules/.installed-lock
if ! cmp --silent "$lock" "$stamp"; then
  printf 'Installing %s …\n' "$lock" >&2
  npm ci --prefix scripts/contract --ignore-scripts --no-audit --no-fund --loglevel=error
  cp "$lock" "$stamp"
fi
export PATH="$PWD/.venv/bin:$PATH"
exec python scripts/embedded.py bash scripts/checks.sh ecommerce_backend/tests/contract "$@"
