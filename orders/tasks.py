from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ecommerce_backend.common import idempotency
from ecommerce_backend.common.jobs import Queue
from orders.gateways import sandbox
from orders.services import expiry, payments, refunds

# Two seconds, four, eight, …: eleven tries in about half an hour.
_OUTSIDE = RetryStrategy(max_attempts=10, exponential_wait=2)


@app.periodic(cron="* * * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="expire_unpaid_orders")
def expire_unpaid_orders(timestamp: int) -> None:  # noqa: ARG001 (periodic jobs are given it)
    expiry.expire_unpaid_orders()


@app.periodic(cron="17 3 * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="purge_idempotency_records")
def purge_idempotency_records(timestamp: int) -> None:  # noqa: ARG001
    idempotency.purge()


@app.task(retry=_OUTSIDE)
def cancel_at_provider(payment_id: int) -> None:
    payments.cancel_at_provider(payment_id=payment_id)


@app.task(retry=_OUTSIDE)
def process_refund(refund_id: int) -> None:
    refunds.process_refund(refund_id=refund_id)


@app.task(retry=_OUTSIDE)
def deliver_sandbox_notice(session_id: int) -> None:
    sandbox.deliver_notice(session_id=session_id)
