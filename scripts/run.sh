#!/usr/bin/env bash
# Serves the shop on this machine, with everything it needs. Ctrl-C stops it.
#
#   scripts/run.sh             http://127.0.0.1:8000 with a demo shop in it
#   scripts/run.sh --reload    reload the code when it changes
#
# Environment: HOST (127.0.0.1), PORT (8000), DATA_DIR (.local), DEMO (1; 0.1 fills a tenth, 0 nothing),
# DEMO_ADMIN_PASSWORD (else a random one), DATABASE_URL and REDIS_URL (else embedded servers).
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt
exec .venv/bin/python -m scripts.local run "$@"
