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
exec python scripts/embedded.py bash -c '
set -Eeuo pipefail
python manage.py migrate --verbosity 0
for run in first second; do
  printf "\n%s import\n" "$run"
  python - <<PYTHON
import os, resource, subprocess, sys
ended = subprocess.run([sys.executable, "manage.py", "import_catalog", os.environ["FILE"]])
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(f"  memory {most} MB at most, exit code {ended.returncode}")
PYTHON
done
'
