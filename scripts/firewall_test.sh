#!/usr/bin/env bash
# Scans the firewall from outside, in network namespaces; this machine's own network is left alone.
# Needs root on Debian or Ubuntu. A Docker engine of its own is started inside.
#
#   scripts/firewall_test.sh                  everything, some minutes
#   scripts/firewall_test.sh -k ssh           a part: whatever pytest accepts
set -Eeuo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

[ "$(id -u)" = 0 ] || die 'Only root can make network namespaces.'
missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need nft nftables
need iptables-legacy iptables
need nmap nmap
need sshd openssh-server
need fail2ban-server fail2ban
need busybox busybox-static
need systemd-analyze systemd
# The engine's own program: installed, named, or that of an engine which runs from elsewhere.
DOCKERD=${DOCKERD:-$(command -v dockerd || readlink "/proc/$(pgrep --exact dockerd | head -n 1)/exe" || true)}
export DOCKERD
[ -n "$DOCKERD" ] || missing+=(docker.io)
[ ${#missing[@]} -eq 0 ] || die "Install what is missing: apt-get install ${missing[*]}"

install requirements.txt requirements-local.txt requirements-dev.txt
# Neither Django nor its settings: what is tested is the host's, not the shop's.
exec .venv/bin/python -m pytest -c /dev/null --rootdir=. --confcutdir=scripts/tests/firewall \
  -p no:django -p no:cacheprovider --import-mode=importlib -W error -ra scripts/tests/firewall "$@"
