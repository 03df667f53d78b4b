from ecommerce_backend.common.transactions import unit_of_work
from orders.models import Order, OrderEvent
from users.models import User


@unit_of_work
def write_note(*, order: Order, actor: User, text: str) -> OrderEvent:
    """Add something to an order's history that staff should know and customers should not see."""
    return OrderEvent.objects.create(order=order, kind="noted", actor=actor, details={"text": text})
