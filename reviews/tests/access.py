"""Who may use the routes of reviews (see ecommerce_backend.tests.access.rules)."""

from typing import Final

from ecommerce_backend.tests.access.rules import Rules, everybody, owner, signed_in, staff

ACCESS: Final[Rules] = {
    "GET /api/v1/products/{slug}/reviews/": everybody(),
    "POST /api/v1/products/{slug}/reviews/": signed_in(),
    "GET /api/v1/products/{slug}/reviews/summary/": everybody(),
    "PATCH /api/v1/reviews/{id}/": owner(),
    "DELETE /api/v1/reviews/{id}/": owner(),
    "GET /api/v1/users/me/reviews/": signed_in(),
    "GET /api/v1/staff/reviews/": staff("reviews.view_review"),
    "PUT /api/v1/staff/reviews/{id}/decision/": staff("reviews.change_review"),
}
