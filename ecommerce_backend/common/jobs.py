"""The queues of jobs, and what keeps them in order."""

from enum import StrEnum

from django.db import connection
from procrastinate import App
from procrastinate.jobs import Job

KEPT_HOURS = 14 * 24  # of jobs that are over, for whoever asks what happened


class Queue(StrEnum):
    """Two, so that a flood of the one does not hold up the other."""

    DEFAULT = "default"  # what somebody's act started: refunds, notices, mails
    SCHEDULED = "scheduled"  # what the clock starts


async def take_up_stalled(app: App) -> list[Job]:
    """Give jobs whose worker was killed to the workers that live, and return them.

    Their effects are safe to repeat: a job is a shell around a service that locks and looks.
    """
    stalled = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        await app.job_manager.retry_job(job)
    return stalled


def open_arguments(task: str, argument: str) -> set[int]:
    """Return which values, whole numbers, an argument has in jobs of a task that are not over."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"task": task, "argument": argument})
        return {value for (value,) in cursor.fetchall()}


def redact_arguments(*, email: str, user_id: int | None = None) -> None:
    """Blank an address in jobs, those of an account and those to that address.

    Jobs that are over are kept for a while, and those to come find nobody to write to.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _REDACT, {"email": email, "user_id": None if user_id is None else str(user_id)}
        )


_OPEN = """
    SELECT (args ->> %(argument)s)::bigint FROM procrastinate_jobs
    WHERE task_name = %(task)s AND status IN ('todo', 'doing')
"""
_REDACT = """
    UPDATE procrastinate_jobs
    SET args = jsonb_set(jsonb_set(args, '{email}', '""', false), '{to}', '""', false)
    WHERE args ->> 'user_id' = %(user_id)s
       OR lower(normalize(args ->> 'email', NFKC)) = lower(normalize(%(email)s, NFKC))
       OR lower(normalize(args ->> 'to', NFKC)) = lower(normalize(%(email)s, NFKC))
"""
