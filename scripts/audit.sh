#!/usr/bin/env bash
# Asks whether the libraries the shop runs on have known weaknesses, and writes what they are.
#
#   scripts/audit.sh                     0: none known, 1: some, 69: the database was not reached
#   scripts/audit.sh --sbom sbom.json    writes a CycloneDX list of the libraries instead; no network
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

install requirements.txt requirements-local.txt requirements-dev.txt
exec .venv/bin/python -m scripts.audit "$@"
