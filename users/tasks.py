import structlog
from procrastinate.contrib.django import app

from ecommerce_backend.common.jobs import Queue
from users.services import sessions

_log = structlog.get_logger("jobs")


@app.periodic(cron="17 3 * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="users.purge_sessions", name="users.purge_sessions")
def purge_sessions(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Forget sessions and tokens that have expired."""
    _log.info("sessions_purged", rows=sessions.purge())
