"""The health of PostgreSQL: every question asked, every answer judged."""

from collections.abc import Sequence
from dataclasses import replace

from scripts.deploy.doctor import safety, upkeep, waiting
from scripts.deploy.doctor.psql import Answer, DatabaseSilent, Psql
from scripts.deploy.doctor.questions import Question, Row, Thresholds, finding
from scripts.deploy.findings import Finding, Level

QUESTIONS = [*waiting.QUESTIONS, *safety.QUESTIONS, *upkeep.QUESTIONS]


SIZES = Question("sizes", lambda _row: None)


def sizes(psql: Psql) -> Sequence[Row]:
    """Return the largest tables; nothing when the database does not answer."""
    try:
        return psql.ask([SIZES], {})[SIZES.name].rows
    except (DatabaseSilent, KeyError):
        return []


def examine(psql: Psql, *, thresholds: Thresholds, is_managed: bool = False) -> list[Finding]:
    """Return what is wrong with the database; nothing when it is healthy."""
    asked = [q for q in QUESTIONS if not (is_managed and q.own_server_only)]
    try:
        answers = psql.ask(asked, thresholds.as_variables())
    except DatabaseSilent as silence:
        told = finding(
            Level.RED,
            f"PostgreSQL does not answer: {silence}",
            "scripts/deploy.sh logs db; is its disk full, does the container restart?",
        )
        return [replace(told, check="database.connection")]
    return [found for question in asked for found in _judge(question, answers)]


def _judge(question: Question, answers: dict[str, Answer]) -> list[Finding]:
    answer = answers.get(question.name, Answer(error="no answer before the time-out"))
    if answer.error:
        return [_unanswered(question, answer.error)]
    return [found for row in answer.rows if (found := question.judged(row)) is not None]


def _unanswered(question: Question, error: str) -> Finding:
    if 'relation "pg_stat_statements" does not exist' in error:
        advice = "CREATE EXTENSION pg_stat_statements; as postgres, in the shop's database."
    elif "permission denied" in error:
        advice = "Grant pg_monitor to the role that the doctor asks as."
    else:
        advice = "Try the statement in scripts/deploy/sql/ by hand."
    first_line = error.splitlines()[0]
    found = finding(Level.AMBER, f"{question.name} could not be asked: {first_line}", advice)
    return replace(found, check=f"database.{question.name}")
