"""The words of the OpenAPI document that belong to no single operation, and how it is made.

Nothing here depends on an installation: every shop of a release has the same document.
"""

from typing import Any, Final

API_VERSION: Final = "0.2.0"

_DESCRIPTION: Final = """\
The shop over HTTP: browse, search, cart, checkout, pay and review.

**Requests** are JSON in UTF-8; a member or parameter that is not described here is refused.
**Answers** may gain members in a later version: ignore those you do not know.

**Amounts** are decimal strings with the `currency` beside them. **Times** are RFC 3339 in UTC.

**Refusals** are problem documents (RFC 9457) of one shape, listed at each operation with every
`code` it may have; decide by `code`, show `detail`. What is not listed is not answered, but for
404 and 405 at an address or with a method that does not exist, and 500 `server_error`, which is a
bug.

**Signing in**: `POST /api/v1/auth/login/`, then `Authorization: Bearer <access>`. Guests need no
account: a cart comes with a token for `X-Cart-Token`, an order with one for `X-Order-Token`.

**Repeats**: whatever moves money or stock takes an `Idempotency-Key`; the same key and body get the
first answer again.

**Limits**: `RateLimit` says what is left; after a 429 wait `Retry-After` seconds.
"""
_TAGS: Final = {
    "auth": "Getting in, staying in, getting out.",
    "account": "What a customer tells the shop: name and address book.",
    "catalog": "What there is to buy. Public, and may be cached for a minute.",
    "cart": "What somebody means to buy; it promises neither price nor stock.",
    "checkout": "What it would cost, sent where the customer wants it.",
    "orders": "What was bought, and how far it has come.",
    "payments": "How the money comes.",
    "reviews": "What customers think of a product.",
    "staff_catalog": "Products, categories and brands, for staff with the role.",
    "staff_stock": "How much there is, for staff with the role.",
    "staff_customers": "Groups of customers, for staff with the role.",
    "staff_orders": "Orders of everybody, for staff with the role.",
    "staff_reviews": "Moderation, for staff with the role.",
    "meta": "The API about itself.",
}


def _shown(tag: str) -> str:
    """Return how ReDoc shows a tag; the tag itself is a folder in generated clients."""
    return tag.replace("_", ": ").capitalize()


SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "Nexus API",
    "DESCRIPTION": _DESCRIPTION,
    "VERSION": API_VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/", "description": "The shop that serves this document."}],
    "TAGS": [
        {"name": name, "description": words, "x-displayName": _shown(name)}
        for name, words in _TAGS.items()
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_SUFFIX": "",
    # So many things have a status that each needs a name of its own in generated clients.
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "orders.models.Order.Status",
        "PaymentStatus": "orders.models.Order.PaymentStatus",
        "FulfillmentStatus": "orders.models.Order.FulfillmentStatus",
        "PaymentAttemptStatus": "orders.models.Payment.Status",
        "RefundStatus": "orders.models.Refund.Status",
        "NoticeOutcome": "orders.models.ProviderEvent.Outcome",
        "QuoteStepName": "orders.serializers.quotes.STEPS",
        "ReviewStatus": "reviews.models.Review.Status",
        "ReviewDecision": "reviews.services.moderation.Decision",
        "ImportMode": "catalog.models.CatalogImport.Mode",
        "ImportStatus": "catalog.models.CatalogImport.Status",
        "ImportFormat": "catalog.services.imports.Format",
        "RowChangeKind": "catalog.serializers.imports.KINDS",
        "YesNo": "catalog.serializers.imports.YES_NO",
        "ProductStatus": "catalog.models.Product.Status",
        "StockMovementKind": "catalog.models.StockMovement.Kind",
        "StockPolicy": "catalog.models.Stock.Policy",
        "AttributeType": "catalog.models.attributes.AttributeType",
        "Availability": "catalog.serializers.AVAILABILITY",
        "CartWarning": "cart.serializers.WARNINGS",
        "LeftOutReason": "cart.serializers.REASONS",
    },
    "DEFAULT_GENERATOR_CLASS": "ecommerce_backend.common.openapi.generator.OnceGenerator",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ecommerce_backend.common.openapi.hooks.write_refusals",
        "ecommerce_backend.common.openapi.hooks.close_objects",
    ],
}
