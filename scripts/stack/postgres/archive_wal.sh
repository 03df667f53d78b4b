#!/bin/bash
# PostgreSQL's archive_command: keeps one finished WAL segment apart from the data, compressed.
#
#   archive_wal.sh PATH NAME
#
# Ends with 0 only when the segment is safely there. A name that is taken by other content is
# refused, for that is what two servers writing into one archive look like.
set -Eeuo pipefail

archive=${WAL_ARCHIVE:-/wal}
target=$archive/$2.gz
partial=$archive/.$2.partial

if [ -e "$target" ]; then
  gzip --decompress --stdout -- "$target" | cmp --silent -- "$1" - && exit 0
  printf 'archive_wal: %s is there already, with other content\n' "$target" >&2
  exit 1
fi
# A segment of a quiet five minutes is 16 MiB of nearly nothing.
gzip --no-name --fast --stdout -- "$1" >"$partial"
chmod 0640 -- "$partial" # the backup's group reads it
sync -- "$partial"
# Unlike mv, ln refuses a name that has been taken meanwhile.
ln -- "$partial" "$target"
rm -- "$partial"
sync -- "$archive"
