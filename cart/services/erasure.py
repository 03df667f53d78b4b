"""What carts forget when their customer is erased."""

from typing import Any

from cart.models import Cart
from users.models import User


def discard_cart(*, user: User, **_: Any) -> None:
    """Forget what somebody meant to buy. For `customer_erased`."""
    Cart.objects.filter(customer=user).delete()
