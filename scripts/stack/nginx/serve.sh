#!/bin/sh
# Runs nginx, and reloads it when the certificate or the shop's address in the network has changed.
# What nginx would not take is left for what it has: the last good certificate keeps serving.
#
# CONFIGURATION, TLS (a folder each), NEWER (a file) and CHECK_SECONDS are for the tests.
set -u

configuration=${CONFIGURATION:-/etc/nginx}
tls=${TLS:-/etc/nginx-tls/current}
every=${CHECK_SECONDS:-5}
newer=${NEWER:-/tmp/newer.conf}

say() {
  printf '%s serve: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >&2
}

# nginx looks a name up once, when it reads its configuration. One that is away just now is left out:
# nothing is to be had by reading it again.
addresses() {
  sed -n 's/^server \([a-z][a-z0-9.-]*\):.*/\1/p' "$configuration/site/upstream.conf" |
    while read -r name; do
      getent hosts "$name"
    done
}

certificate() {
  cat "$tls/fullchain.pem" "$tls/privkey.pem" 2>&1 | sha256sum
}

# Reloads when needed, until nginx is gone, which took over the process of this shell.
watch() {
  used_certificate=$(certificate)
  used_addresses=$1
  refused=
  while sleep "$every" && kill -0 "$$" 2>/dev/null; do
    now_certificate=$(certificate)
    now_addresses=$(addresses)
    now_addresses=${now_addresses:-$used_addresses}
    now="$now_certificate $now_addresses"
    if [ "$now" = "$used_certificate $used_addresses" ]; then
      refused=
      continue
    fi
    if problem=$(nginx -t 2>&1) && problem=$(nginx -s reload 2>&1); then
      used_certificate=$now_certificate
      used_addresses=$now_addresses
      say 'reloaded'
    elif [ "$now" != "$refused" ]; then
      refused=$now
      say "not reloaded: $problem"
    fi
  done
}

# A reload closes idle connections at once, and a request may be on its way on one. nginx from 1.27.4
# leaves those alone that were used in the last seconds, and ends them with their next answer.
version=$(nginx -v 2>&1 | sed -n 's|^nginx version: nginx/\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\).*|\1 \2 \3|p')
# shellcheck disable=SC2086
set -- ${version:-0 0 0}
if [ "$(($1 * 1000000 + $2 * 1000 + $3))" -ge 1027004 ]; then
  echo 'keepalive_min_timeout 5s;' >"$newer"
else
  rm -f "$newer"
fi

said=
until problem=$(nginx -t 2>&1); do
  if [ "$problem" != "$said" ]; then
    said=$problem
    say "not started: $problem"
  fi
  sleep 1
done

watch "$(addresses)" &
exec nginx -g 'daemon off;'
