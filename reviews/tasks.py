import structlog
from procrastinate.contrib.django import app

from ecommerce_backend.common.jobs import Queue
from ecommerce_backend.metrics import measuring
from reviews.services import bookkeeping

_log = structlog.get_logger("jobs")


@app.periodic(cron="*/5 * * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="reviews.check_books", name="reviews.check_books")
def check_books(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Measure what the metrics tell of stock, money and tables."""
    if broken := bookkeeping.check_books():
        _log.error("invariants_broken", **broken)
    measuring.measure_tables()
