#!/usr/bin/env bash
# Imports a large catalogue twice into throw-away servers; prints rows a second and the most memory.
#
#   scripts/measure_import.sh products.jsonl.gz
set -Eeuo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

file="${1:?names the file to import}"
[ -f "$file" ] || die "There is no $file"
file=$(realpath "$file")
cd "$(dirname "$0")/.."
install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH" DJANGO_SETTINGS_MODULE=ecommerce_backend.settings_test
exec python scripts/embedded.py python - "$file" <<'PYTHON'
import resource
import subprocess
import sys

manage = [sys.executable, "manage.py"]
subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True)
for run in ("first", "second"):
    print(f"\n{run} import", flush=True)
    ended = subprocess.run([*manage, "import_catalog", sys.argv[1]])
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"  memory {most} MB at most, exit code {ended.returncode}", flush=True)
PYTHON
