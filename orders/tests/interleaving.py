"""What would happen without the locks, made to happen."""

from collections.abc import Callable
from threading import Barrier, BrokenBarrierError

from orders.models import Order, Payment
from users.tests.races import race

Lock = Callable[[int], tuple[Order, list[Payment]]]


def unlocked(parties: int) -> Lock:
    """Return a lock_with_payments that locks nothing, and lets no party go on before all have read.

    Later calls, when the parties are gone, do not wait.
    """
    everybody_has_read = Barrier(parties, timeout=5)

    def read(order_id: int) -> tuple[Order, list[Payment]]:
        order, payments = _read(order_id)
        try:
            everybody_has_read.wait()
        except BrokenBarrierError:
            pass
        else:
            everybody_has_read.abort()
        return order, payments

    return read


def overtaken(by: Callable[[], object]) -> Lock:
    """Return a lock_with_payments that locks nothing, while another caller reads and writes."""

    def read(order_id: int) -> tuple[Order, list[Payment]]:
        found = _read(order_id)
        race(1, lambda _: by())
        return found

    return read


def _read(order_id: int) -> tuple[Order, list[Payment]]:
    order = Order.objects.get(pk=order_id)
    return order, list(Payment.objects.filter(order=order_id).order_by("pk"))
