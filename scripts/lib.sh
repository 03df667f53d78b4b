# Shared by the scripts here: a virtualenv that holds exactly what the given lists pin.
# shellcheck shell=bash

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  die "Nexus needs Python 3.11, 3.12 or 3.13. Install it, or name it: PYTHON=/path/to/python $0"
}

# install LIST… — installs the lists into .venv unless they are there already. They name everything,
# so that pip resolves nothing: it would take a newer release for `name[extra]` and refuse its hash.
install() {
  local python stamp
  if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(find_python)
    "$python" -m venv --clear .venv || die "Could not make .venv. On Debian: apt install python3-venv"
  fi
  for list in "$@"; do
    stamp=".venv/.installed-$list"
    if ! cmp --silent "$list" "$stamp"; then
      printf 'Installing %s …\n' "$list" >&2
      .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement "$list"
      cp "$list" "$stamp"
    fi
  done
}
