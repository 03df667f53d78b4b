#!/usr/bin/env bash
# Tests the whole of production with a real Docker engine: set up, buy, deploy under load, break, heal.
#
#   scripts/stack_test.sh                 all of it, about half an hour on two processors
#   scripts/stack_test.sh -k journey      a part: whatever pytest accepts
#
# PEBBLE_IMAGE is the ACME server that certificates come from (ghcr.io/letsencrypt/pebble:latest).
# DEPLOYS (20), RATE (50 requests a second) and WATCH (5 seconds after each switch) size the load.
# KEEP=1 leaves the installation running, and says where it is.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

docker compose version >/dev/null || die 'Docker with Compose 2.24 or newer is needed'
[ "$(id -u)" = 0 ] || die 'Secrets are given to a group of their own, which root alone can do: sudo'

install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH"
# Not the main run's options: this one talks to the engine, in the order of the files, one at a time.
[[ "$*" == *scripts/tests/stack* ]] || set -- scripts/tests/stack "$@"
exec pytest -c scripts/tests/stack/pytest.ini --rootdir=. -p no:cacheprovider "$@"
