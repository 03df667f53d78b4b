"""Who may use the routes of orders (see ecommerce_backend.tests.access.rules)."""

from typing import Final

from ecommerce_backend.tests.access.rules import Rules, everybody, holder, signed_in, staff

_CHANGE: Final = staff("orders.change_order")

ACCESS: Final[Rules] = {
    "GET /api/v1/shipping-methods/": everybody(),
    "POST /api/v1/checkout/quote/": everybody("cart_empty"),
    "GET /api/v1/orders/": signed_in(),
    # The example's quote is of the guest's cart.
    "POST /api/v1/orders/": everybody("cart_empty", "quote_invalid"),
    "GET /api/v1/orders/{number}/": holder(),
    "GET /api/v1/orders/{number}/events/": holder(),
    "POST /api/v1/orders/{number}/cancellation/": holder(),
    "POST /api/v1/orders/{number}/payments/": holder(),
    "POST /api/v1/payments/webhooks/{provider}/": everybody("signature_invalid"),
    "GET /api/v1/staff/orders/": staff("orders.view_order"),
    "GET /api/v1/staff/orders/{number}/": staff("orders.view_order"),
    "POST /api/v1/staff/orders/{number}/captures/": _CHANGE,
    "POST /api/v1/staff/orders/{number}/refunds/": _CHANGE,
    "POST /api/v1/staff/orders/{number}/shipments/": _CHANGE,
    "POST /api/v1/staff/orders/{number}/deliveries/": staff(
        "orders.change_order", codes=["nothing_to_deliver"]
    ),
    "POST /api/v1/staff/orders/{number}/cancellation/": _CHANGE,
    "POST /api/v1/staff/orders/{number}/notes/": _CHANGE,
    # Stands for a provider's page; the unguessable token is in the address.
    "GET /sandbox/pay/{token}/": everybody("not_found"),
    "POST /sandbox/pay/{token}/": everybody("not_found"),
}
