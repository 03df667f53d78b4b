#!/usr/bin/env bash
# Checks the alert rules and runs their tests. promtool comes with the package prometheus of Debian
# and Ubuntu.
#
#   scripts/monitoring_test.sh
set -Eeuo pipefail
cd "$(dirname "$0")/stack/monitoring"

command -v promtool >/dev/null || {
  printf 'promtool is missing: apt install prometheus\n' >&2
  exit 1
}
promtool check config prometheus.yml
promtool test rules alerts_test.yml
