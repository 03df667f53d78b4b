"""Doing what requests left to do, as a worker would."""

import json
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app


def do_jobs() -> list[str]:
    """Do all waiting jobs in their order, and return their names."""
    done = []
    while job := _next():
        number, name, arguments = job
        app.tasks[name].func(**arguments)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [number]
            )
        done.append(name)
    return done


def _next() -> tuple[int, str, dict[str, Any]] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, args::text FROM procrastinate_jobs WHERE status = 'todo'"
            " ORDER BY id LIMIT 1"
        )
        row = cursor.fetchone()
    return (row[0], row[1], json.loads(row[2])) if row else None
