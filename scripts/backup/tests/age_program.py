"""The part of age's and age-keygen's command line that the backups use, for machines without age.

    age --encrypt --recipient KEY…  |  age --decrypt --identity FILE  |  age-keygen -y FILE

It writes and reads age's own format (pyrage); scripts/backup_test.sh runs the same tests with age.
"""

import argparse
import sys
from pathlib import Path

import pyrage


def main(program: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--version", action="version", version="stand-in")
    if program == "age-keygen":
        parser.add_argument("-y", dest="identity", required=True)
        for key in _identities(parser.parse_args(arguments).identity):
            print(key.to_public())
        return 0
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--encrypt", action="store_true")
    way.add_argument("--decrypt", action="store_true")
    parser.add_argument("--recipient", action="append", default=[])
    parser.add_argument("--identity")
    options = parser.parse_args(arguments)
    given = sys.stdin.buffer.read()
    try:
        if options.encrypt:
            recipients = [pyrage.x25519.Recipient.from_str(key) for key in options.recipient]
            sys.stdout.buffer.write(pyrage.encrypt(given, recipients))
        else:
            sys.stdout.buffer.write(pyrage.decrypt(given, _identities(options.identity)))
    except pyrage.DecryptError as error:
        none_fits = "No matching keys" in str(error)
        said = "no identity matched any of the recipients" if none_fits else str(error)
        sys.stderr.write(f"age: error: {said}\n")
        return 1
    return 0


def _identities(file: str) -> list[pyrage.x25519.Identity]:
    lines = Path(file).read_text().splitlines()
    return [
        pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")
    ]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).name, sys.argv[2:]))
