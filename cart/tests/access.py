"""Who may use the routes of carts (see ecommerce_backend.tests.access.rules)."""

from typing import Final

from ecommerce_backend.tests.access.rules import Rules, everybody, holder, signed_in

ACCESS: Final[Rules] = {
    "GET /api/v1/cart/": everybody(),
    "DELETE /api/v1/cart/": everybody(),
    "POST /api/v1/cart/lines/": everybody(),
    "PUT /api/v1/cart/lines/{sku}/": holder(),
    "DELETE /api/v1/cart/lines/{sku}/": holder(),
    "POST /api/v1/cart/merge/": signed_in(),
}
