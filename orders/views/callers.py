"""Who is at the door: a customer by their session, a guest by the tokens they hold."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from cart.models import Cart
from cart.requests import TOKEN_HEADER
from cart.selectors import find_cart, token_digest
from ecommerce_backend.common import rate_limits
from ecommerce_backend.common.client_address import client_address
from orders.models import Order
from orders.selectors import orders_open_to
from orders.services.quoting import CartEmpty
from users.models import User

ORDER_TOKEN = "X-Order-Token"  # noqa: S105 (the name of a header)
Load = Callable[[QuerySet[Order]], QuerySet[Order]]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A shopper and what they have shown."""

    customer: User | None
    cart_token: str | None
    order_token: str | None
    network: str

    def spend_checkout(self) -> None:
        """Count one order or payment.

        Raises RateLimited, and LimiterUnavailable when it cannot be counted.
        """
        claims = {"checkout-address": self.network}
        if self.customer is not None:
            claims["checkout-user"] = str(self.customer.pk)
        rate_limits.spend(claims)

    def cart(self) -> Cart:
        """Return the caller's cart.

        Raises CartEmpty when there is none.
        """
        cart = find_cart(user=self.customer, token=self.cart_token)
        if cart is None:
            raise CartEmpty
        return cart

    def order(self, number: str, *, load: Load | None = None) -> Order:
        """Return the order of that number, or answer 404 as if there were none.

        Raises RateLimited when the caller has asked for too many that are not theirs.
        """
        rate_limits.refuse_guessing()
        found = orders_open_to(customer=self.customer, number=number, token=self.order_token)
        try:
            return (load(found) if load else found).get()
        except Order.DoesNotExist:
            rate_limits.spend_miss()
            raise Http404 from None

    def principal(self) -> str:
        """Return whose idempotency keys these are.

        Raises CartEmpty for a guest without a cart's token, who has nothing to buy.
        """
        if self.customer is not None:
            return f"user:{self.customer.pk}"
        if not self.cart_token:
            raise CartEmpty
        return f"cart:{token_digest(self.cart_token)}"

    def principal_for(self, order: Order) -> str:
        """Return whose idempotency keys these are, when all a guest has shown is an order."""
        return f"user:{self.customer.pk}" if self.customer else f"order:{order.number}"


def caller_of(request: Request) -> Caller:
    return Caller(
        customer=request.user if request.user.is_authenticated else None,
        cart_token=request.headers.get(TOKEN_HEADER),
        order_token=request.headers.get(ORDER_TOKEN),
        network=rate_limits.network_of(client_address(request)),
    )
