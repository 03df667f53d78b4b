"""Whether the books of the whole shop add up. It lives in the app that knows all the others."""

from catalog.invariants import INVARIANTS as OF_CATALOG
from ecommerce_backend.metrics import measuring
from orders.invariants import INVARIANTS as OF_ORDERS
from reviews.invariants import INVARIANTS as OF_REVIEWS

INVARIANTS = (*OF_CATALOG, *OF_ORDERS, *OF_REVIEWS)


def check_books() -> dict[str, int]:
    """Write down for the metrics how many rows break each invariant, and return those broken."""
    found = measuring.measure_invariants(INVARIANTS)
    return {name: breaches for name, breaches in found.items() if breaches}
