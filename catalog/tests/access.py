"""Who may use the routes of the catalogue (see ecommerce_backend.tests.access.rules)."""

from typing import Final

from ecommerce_backend.tests.access.rules import Rules, everybody, staff

ACCESS: Final[Rules] = {
    "GET /api/v1/categories/": everybody(),
    "GET /api/v1/categories/{slug}/": everybody(),
    "GET /api/v1/brands/": everybody(),
    "GET /api/v1/products/": everybody(),
    "GET /api/v1/products/{slug}/": everybody(),
    "GET /api/v1/staff/stock/": staff("catalog.view_stock"),
    "POST /api/v1/staff/stock/{sku}/adjustments/": staff("catalog.change_stock"),
    "GET /api/v1/staff/stock/{sku}/movements/": staff("catalog.view_stockmovement"),
}
