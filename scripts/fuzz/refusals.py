"""What may be wrong with a request that is right by the document: no schema can say it."""

import re
from collections.abc import Mapping
from typing import Any

from schemathesis import Case

# Such a request may be refused for these codes …
BEYOND_SCHEMAS = {
    "does_not_exist",  # a slug that nothing has
    "not_of_type",  # a unit of what is no number, choices of what has none
    "malformed_text",  # a NUL, half of a surrogate pair
    "password_too_common",  # like the next, a setting
    "password_too_short",
    "publish_window_invalid",  # it closes before it opens
    "unknown",
    "unknown_attribute",  # codes are data, like those of the next
    "unknown_choice",
    "unknown_country",
    "unknown_provider",
    "unprintable",  # invisible characters, directions that are overridden
}
# … and these members for these: they have to be known to the shop, or hold no control characters.
UNKNOWN_VALUES = {
    ("choices/code", "required"),  # a label without a letter of which to make one
    ("choices/code", "repeated"),
    ("choices/color", "required"),  # where the type is color
    ("choices/label", "repeated"),
    ("code", "required"),
    ("amount", "min_value"),  # nothing, which a plain pattern of decimals cannot rule out
    ("attr", "invalid"),  # a comma alone, a word where the attribute has numbers
    ("attr", "malformed_parameter"),
    ("brand", "invalid_choice"),
    ("category", "invalid_choice"),
    ("collection", "invalid_choice"),
    ("currency", "invalid"),
    ("customer_group", "does_not_exist"),
    ("entries/currency", "invalid"),
    ("entries/sku", "does_not_exist"),
    ("entries/sku", "repeated"),
    ("entries/amount", "price_invalid"),
    ("cursor", "invalid"),
    ("cursor", "malformed_parameter"),
    ("expected_on", "invalid"),  # none, where a pre-order needs one
    ("fields", "invalid"),
    # relevance, where a cursor is given; that of a collection, where none is
    ("ordering", "invalid"),
    ("email", "invalid"),  # RFC 5321 allows more than Django does
    ("email", "malformed_parameter"),
    ("file", "empty"),  # bytes of a file, of which the document tells no length
    ("lines", "invalid"),  # a SKU twice
    ("number", "malformed_parameter"),
    ("opening_stock", "max_value"),  # digits in a form, like the position of a picture
    ("position", "max_value"),
    ("options", "repeated"),  # blanks around them are taken off
    ("prices", "repeated"),  # a currency twice
    ("prices/currency", "invalid"),
    ("percent", "max_value"),  # three digits, like the next
    ("percent", "min_value"),
    ("preview", "required"),  # where it is no dry run
    ("products", "repeated"),  # a product twice, in a collection
    ("related", "itself"),  # like the next, the product that is led from
    ("related", "repeated"),
    ("up_sell", "itself"),
    ("up_sell", "repeated"),
    ("q", "malformed_parameter"),
    ("return_url", "invalid"),
    ("search", "malformed_parameter"),
    ("target", "invalid"),  # the warehouse that gives, too
    ("tracking_url", "invalid"),
}
# … and these as a whole: they depend on what the shop holds, or on two members at once.
UNFORESEEABLE = {
    "category_too_deep",
    "image_broken",  # bytes that are no picture, like the next
    "image_type_unsupported",
    "link_invalid",  # the token of a link that nobody was mailed
    "price_window_invalid",  # two moments
    "preview_outdated",  # the state of all prices
    "price_invalid",  # an amount that its currency has no coins for, a reduction that is none
    "quote_invalid",  # a signature, and a cart that it was made for
    "variant_options_mismatch",  # what the variants of this product differ in
    "uri_too_long",  # parameters that each are as long as they may be
}
# Blanks that Python takes off a text, but that are none in the patterns of a schema.
_SEPARATORS = set("\x1c\x1d\x1e\x1f\x85")


def is_beyond_schemas(problem: Mapping[str, Any], case: Case[Any]) -> bool:
    """Tell whether all that was wrong with the request is what no schema can express."""
    if problem["code"] in UNFORESEEABLE:
        return True
    faults = problem.get("errors", [])
    return bool(faults) and all(
        fault["code"] in BEYOND_SCHEMAS
        or (_member(fault["pointer"]), fault["code"]) in UNKNOWN_VALUES
        or (fault["code"] == "blank" and _is_of_separators(_at(fault["pointer"], case.body)))
        for fault in faults
    )


def _member(pointer: str) -> str:
    """Return what a pointer points to, in whichever entry of a list and of whichever attribute."""
    if pointer.startswith("attr."):
        return "attr"
    return re.sub(r"/[0-9]+(?=/|$)", "", pointer).lstrip("/")


def _at(pointer: str, body: Any) -> Any:
    """Follow a JSON pointer."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        body = body[int(name)] if isinstance(body, list) else body[name]
    return body


def _is_of_separators(value: Any) -> bool:
    return isinstance(value, str) and not value.strip() and bool(_SEPARATORS & set(value))
