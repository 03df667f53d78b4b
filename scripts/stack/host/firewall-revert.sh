#!/bin/sh
# firewall-revert.sh TOKEN SECONDS — goes back to the rules before, unless confirmed by then.
#
# `deploy.sh firewall apply` copies this into /run and starts it from there before it changes
# anything, so that neither the end of the SSH session nor another version of the checkout matters.
set -eu
cd "$(dirname "$0")"
sleep "$2"
exec 9>lock
flock 9
# Confirmed, taken back by hand, or applied once more, which has a timer of its own.
[ "$(head -n 1 armed 2>/dev/null)" = "$1" ] || exit 0
nft --file before.nft
rm -f armed wanted.nft
