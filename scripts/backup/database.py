"""Talk to PostgreSQL through its own psql, which every image with pg_dump has."""

import contextlib
import csv
import io
import secrets
import subprocess
import tempfile
from types import TracebackType
from typing import Self

from scripts.backup import programs
from scripts.backup.faults import DatabaseFailed
from scripts.backup.settings import Settings, connection

_STOP_SECONDS = 10


def literal(text: str) -> str:
    """Quote a value for SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


class Session:
    """One connection, for as long as the `with` block lasts.

    It stays open between statements, so that a snapshot taken in it stays valid.
    """

    def __init__(self, settings: Settings, database: str | None = None) -> None:
        self._environ = connection(settings, database)
        self.name = self._environ["PGDATABASE"]

    def __enter__(self) -> Self:
        self._complaints = tempfile.TemporaryFile()  # closed in __exit__
        self._psql = programs.start(
            ["psql", "--no-psqlrc", "--quiet", "--csv", "--tuples-only", "--set=ON_ERROR_STOP=1"],
            self._environ,
            stdin=subprocess.PIPE,
            stderr=self._complaints,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pipe in (self._psql.stdin, self._psql.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._psql.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._psql.kill()
            self._psql.wait()
        self._complaints.close()

    def rows(self, statement: str) -> list[list[str]]:
        """Run one statement and return its rows as text; NULL is an empty string.

        Raises DatabaseFailed.
        """
        end = secrets.token_hex(16)
        stdin, stdout = self._psql.stdin, self._psql.stdout
        assert stdin is not None  # noqa: S101
        assert stdout is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            stdin.write(f"{statement};\n\\echo {end}\n".encode())
            stdin.flush()
        lines: list[str] = []
        for line in stdout:
            text = line.decode()
            if text.rstrip("\n") == end:
                return list(csv.reader(io.StringIO("".join(lines), newline="")))
            lines.append(text)
        self._psql.wait()
        self._complaints.seek(0)
        raise programs.fault(f"Database {self.name}", self._complaints.read(), DatabaseFailed)

    def has_database(self, name: str) -> bool:
        """Tell whether the server has a database of this name.

        Raises DatabaseFailed.
        """
        named = f"SELECT 1 FROM pg_database WHERE datname = {literal(name)}"  # noqa: S608
        return bool(self.rows(named))

    def value(self, statement: str) -> str:
        """Return the one value this statement selects.

        Raises DatabaseFailed.
        """
        return self.rows(statement)[0][0]
