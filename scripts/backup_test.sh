#!/usr/bin/env bash
# Tests the backups with the real age and rclone, and what takes long: points in time, a full disk,
# copies in S3, an empty machine.
#
#   scripts/backup_test.sh                    everything, about five minutes
#   scripts/backup_test.sh -k point_in_time   a part: whatever pytest accepts
#
# As root it installs age and rclone where they are missing, and mounts a small disk to fill.
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

for program in age rclone openssl; do
  command -v "$program" >/dev/null && continue
  [ "$(id -u)" = 0 ] || die "Install $program (on Debian: apt install $program)"
  apt-get install --yes --no-install-recommends "$program" >/dev/null
done

install requirements.txt requirements-local.txt requirements-dev.txt
export PATH="$PWD/.venv/bin:$PATH" BACKUP_TEST_AGE=real
exec python scripts/embedded.py bash scripts/checks.sh scripts/backup/tests scripts/tests/backup "$@"
