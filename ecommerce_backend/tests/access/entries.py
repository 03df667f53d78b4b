"""The routes of no app, and all that there are."""

from typing import Final

from cart.tests.access import ACCESS as CART
from catalog.tests.access import ACCESS as CATALOG
from ecommerce_backend.tests.access.rules import Rules, everybody, workplace
from orders.tests.access import ACCESS as ORDERS
from reviews.tests.access import ACCESS as REVIEWS
from users.tests.access import ACCESS as USERS

OWN: Final[Rules] = {
    "GET /": everybody(),
    "GET /favicon.ico": everybody(),
    "GET /.well-known/security.txt": everybody(),
    "GET /api/v1/schema/": everybody(),
    "GET /api/docs/": everybody(),
    "GET /api/redoc/": everybody(),
    "GET /health/": everybody(),
    "GET /health/ready/": everybody(),
    "GET /health/live/": everybody(),
    "GET /metrics": everybody(),  # of the inside network: ecommerce_backend.metrics.page
    "POST /csp-reports/": everybody("unsupported_media_type"),
    "GET /admin/": workplace(),
}
APPS: Final = {
    "ecommerce_backend": OWN,
    "users": USERS,
    "catalog": CATALOG,
    "cart": CART,
    "orders": ORDERS,
    "reviews": REVIEWS,
}
ENTRIES: Final[Rules] = {name: rule for entries in APPS.values() for name, rule in entries.items()}
