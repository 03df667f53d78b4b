#!/usr/bin/env bash
# Runs an installation of the shop: `scripts/deploy.sh --help` lists what it can do.
#
# Needs Python 3.11 or newer and nothing else; `init` installs the rest.
set -Eeuo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)

for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    # -P: a file in the working directory must not pass for a module.
    PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 exec "$python" -P -m scripts.deploy "$@"
  fi
done
echo "Python 3.11 or newer is missing: apt-get install python3" >&2
exit 1
