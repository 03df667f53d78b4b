"""The OpenAPI 3.1 document, made from the code.

Views say what only they know: the operation's id, a summary, examples, and with `refuses` the
rules of the shop that it may break. What follows from the kind of an operation (it has a body, it
needs a sign-in …) is added here.
"""

from ecommerce_backend.common.openapi.generator import OnceGenerator
from ecommerce_backend.common.openapi.parameters import (
    CURRENCY,
    IDEMPOTENCY_KEY,
    OPTIONAL_IDEMPOTENCY_KEY,
    id_in_path,
    in_path,
    slug_in_path,
    text_in_path,
    token_header,
)
from ecommerce_backend.common.openapi.refusals import refuses, with_body

__all__ = [
    "CURRENCY",
    "IDEMPOTENCY_KEY",
    "OPTIONAL_IDEMPOTENCY_KEY",
    "OnceGenerator",
    "id_in_path",
    "in_path",
    "refuses",
    "slug_in_path",
    "text_in_path",
    "token_header",
    "with_body",
]
