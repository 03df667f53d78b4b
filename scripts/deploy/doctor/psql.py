"""The one way in which this package asks PostgreSQL: psql, read-only, one session."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scripts.deploy.doctor.questions import Question, Row

_START = """\
\\set QUIET on
\\set VERBOSITY terse
SET default_transaction_read_only = on;
SET statement_timeout = '15s';
SET lock_timeout = '1s';
SET application_name = 'nexus-doctor';
"""
_SHOP = "SELECT current_database() AS shop \\gset\n"
# In the shop's own database an extension would be in every dump, and take a superuser to restore.
_ELSEWHERE = (
    """\
SELECT to_regclass('{view}') IS NULL AS lacks \\gset
\\if :lacks
\\connect postgres
"""
    + _START
    + "\\endif\n"
)
_ONE = """\
SELECT jsonb_build_object(
    'question', '{name}', 'rows', coalesce(jsonb_agg(to_jsonb(answer)), '[]')
) FROM (
{statement}
) AS answer;
\\if :ERROR
SELECT jsonb_build_object('question', '{name}', 'error', :'LAST_ERROR_MESSAGE');
\\endif
"""
FLAGS = ("--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--no-password")


class DatabaseSilent(Exception):
    """psql could not connect; the message is its own first line."""


@dataclass(frozen=True)
class Answer:
    """The rows of one question, or why there are none."""

    rows: Sequence[Row] = ()
    error: str = ""


@dataclass(frozen=True)
class Psql:
    """`command` starts psql as somebody who may read the statistics.

    `first_line` goes before the script, for a command that reads a password there.
    """

    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    first_line: str = field(default="", repr=False)
    timeout_s: float = 90

    def ask(self, questions: Iterable[Question], variables: Mapping[str, str]) -> dict[str, Answer]:
        """Put all questions in one session, and return the answers by their names.

        Raises DatabaseSilent.
        """
        script = [f"{self.first_line}\n"] if self.first_line else []
        script += [_START, _SHOP]
        script += [f"\\set {name} {value}\n" for name, value in variables.items()]
        for question in sorted(questions, key=lambda q: bool(q.view)):
            script += [_ELSEWHERE.format(view=question.view)] if question.view else []
            script += [_ONE.format(name=question.name, statement=question.statement())]
        try:
            done = subprocess.run(
                [*self.command, *FLAGS],
                input="".join(script),
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=self.timeout_s,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DatabaseSilent(str(error)) from error
        answers = _read(done.stdout)
        if not answers:
            raise DatabaseSilent((done.stderr.strip().splitlines() or ["psql said nothing"])[0])
        return answers


def _read(output: str) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for line in output.splitlines():
        if line.startswith("{"):
            told = json.loads(line)
            answers[told["question"]] = Answer(told.get("rows", ()), told.get("error", ""))
    return answers
