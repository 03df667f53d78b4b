"""Questions about the shop's own tables, put to a database that the migrations made."""

from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from scripts.deploy.doctor.database import QUESTIONS
from scripts.deploy.status.shop import JOBS

pytestmark = pytest.mark.django_db


def rows(statement: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def add_job(*, status: str = "todo", event: str = "deferred", age: str = "0 s") -> None:
    """Add a job that something happened to so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'x', %s) RETURNING id",
            [status],
        )
        (number,) = cursor.fetchone() or (0,)
        cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [number])
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at)"
            " VALUES (%s, %s, now() - %s::interval)",
            [number, event, age],
        )


def test_the_database_of_this_release_knows_the_jobs() -> None:
    assert app.tasks
    assert rows(JOBS.statement()) == [{"waiting": 0, "failed": 0, "oldest_s": 0}]


def test_jobs_that_wait_or_failed_today_are_counted() -> None:
    add_job(age="90 s")
    add_job(age="30 s")
    add_job(status="failed", event="failed", age="2 hours")
    add_job(status="failed", event="failed", age="2 days")
    add_job(status="succeeded", event="succeeded", age="5 s")

    assert rows(JOBS.statement()) == [{"waiting": 2, "failed": 1, "oldest_s": 90}]


def test_the_tables_that_questions_name_are_there() -> None:
    (question,) = (question for question in QUESTIONS if question.name == "expired_tokens")

    assert rows(question.statement()) == []
