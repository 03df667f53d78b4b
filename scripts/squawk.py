"""What squawk says about the SQL of a migration (https://squawkhq.com/docs/rules)."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from django.db.migrations import Migration

from ecommerce_backend.common.migrating.executor import contracts, is_concurrent

# What migrate_safe sets on its connection; require-timeout-settings looks for it in the file.
_PREAMBLE = "SET lock_timeout = '2s';\nSET statement_timeout = 0;\n"
NOT_FOR_US = {
    "prefer-bigint-over-int": "small numbers have a CHECK of their range",
    "prefer-bigint-over-smallint": "the same",
    "prefer-text-field": "a longer varchar is no rewrite and no scan",
}
# What is right once no running code knows the column or table any more.
CONTRACTIONS = {"ban-drop-column", "ban-drop-table", "ban-drop-not-null"}
REPEATED_BY_US = {
    "prefer-robust-stmts": "before a concurrent index is tried again, its invalid one is dropped"
}


class Finding(NamedTuple):
    """What is wrong with a migration: a code of one of the linters, and its sentence."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


class SquawkFailed(Exception):
    """Squawk could not read the SQL; the message is its own."""


def squawk_command() -> str | None:
    """Return where squawk is, None where only production's libraries are installed."""
    beside = Path(sys.executable).with_name("squawk")
    return str(beside) if beside.exists() else shutil.which("squawk")


def squawk(command: str, migration: Migration, sql: str) -> list[Finding]:
    """Return squawk's findings. Raises SquawkFailed."""
    excluded = set(NOT_FOR_US)
    if contracts(migration):
        excluded |= CONTRACTIONS
    if is_concurrent(migration):
        excluded |= set(REPEATED_BY_US)
    options = ["--reporter=json", "--pg-version=18.0", f"--exclude={','.join(sorted(excluded))}"]
    run = subprocess.run(
        [command, *options],
        input=_PREAMBLE + sql,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found = json.loads(run.stdout)
    except ValueError as error:
        raise SquawkFailed(run.stderr.strip() or run.stdout.strip()) from error
    return sorted({Finding(one["rule_name"], _first_sentence(one["message"])) for one in found})


def _first_sentence(message: str) -> str:
    return re.split(r"(?<=\.)\s", message, maxsplit=1)[0]
