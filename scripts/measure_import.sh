#!/usr/bin/env bash
# Imports a large catalogue twice into throw-away servers; prints rows a second and the most memory.
#
#   SAMPLE_DATA=folder scripts/measure_import.sh    the folder's products-50k.jsonl.gz
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

file="${SAMPLE_DATA:?names the folder with products-50k.jsonl.gz}/products-50k.jsonl.gz"
[ -f "$file" ] || die "There is no $file"
install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH" DJANGO_SETTINGS_MODULE=ecommerce_backend.settings_test
export FILE="$file"
exec python scripts/embedded.py python - <<'PYTHON'
import os
import resource
import subprocess
import sys

manage = [sys.executable, "manage.py"]
subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True)
for run in ("first", "second"):
    print(f"\n{run} import", flush=True)
    ended = subprocess.run([*manage, "import_catalog", os.environ["FILE"]])
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"  memory {most} MB at most, exit code {ended.returncode}", flush=True)
PYTHON
