import structlog
from procrastinate.contrib.django import app

from cart.services import carts
from ecommerce_backend.common.jobs import Queue

_log = structlog.get_logger("jobs")


@app.periodic(cron="47 3 * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="cart.discard_abandoned_carts",
    name="cart.discard_abandoned_carts",
)
def discard_abandoned_carts(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Forget the carts of guests who did not come back."""
    _log.info("abandoned_carts_discarded", carts=carts.discard_abandoned())
