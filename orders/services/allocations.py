"""What an order holds of the stock."""

from catalog.services import stock
from orders.models import Order


def release_open_units(order: Order) -> None:
    """Give back what has not been shipped. Call with the order locked and no longer live."""
    quantities = {line.variant_id: line.quantity_open for line in order.lines.all()}
    still_held = {variant_id: units for variant_id, units in quantities.items() if units}
    if still_held:
        stock.release(still_held, reference=order.number)
