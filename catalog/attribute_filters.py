"""Filters by attributes, whose names are data: `attr.material=oak,pine`, `attr.weight.max=500`."""

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from catalog.models.attributes import CODE_PATTERN
from catalog.services.storefront.attributes import Asked, AttributeFilter, filters_of
from ecommerce_backend.common.errors import Fault, Invalid

PREFIX = "attr."
MOST_ATTRIBUTES = 20
MOST_VALUES = 50
_LONGEST = 4000  # characters of fifty values with their commas
_CODE = CODE_PATTERN.strip("^$")
ATTRIBUTES = OpenApiParameter(
    "attr",
    {
        "type": "object",
        "propertyNames": {"pattern": rf"^attr\.{_CODE}(?:\.(?:min|max))?$"},
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": _LONGEST},
        "maxProperties": MOST_ATTRIBUTES,
    },
    style="form",
    explode=True,
    description="Filters by attributes, each a parameter of its own: `attr.<code>` with values"
    " separated by commas, of which a product has any (it may be repeated), and for numbers"
    " `attr.<code>.min` and `attr.<code>.max`. Products meet all of them. Codes and values are"
    " those of the facets.",
)


def attribute_filters(query: QueryDict) -> tuple[AttributeFilter, ...]:
    """Return the filters of a QueryDict.

    Raises Invalid.
    """
    asked: dict[str, Asked] = {}
    for name in (name for name in query if name.startswith(PREFIX)):
        given = query.getlist(name)
        code, _, bound = name.removeprefix(PREFIX).partition(".")
        wanted = asked.setdefault(code, Asked())
        if not bound:
            wanted.values = list(dict.fromkeys(",".join(given).split(",")))
            _require(len(wanted.values) <= MOST_VALUES, name, f"Give at most {MOST_VALUES} values.")
            _require("" not in wanted.values, name, "A value is empty.")
        else:
            _require(len(given) == 1, name, "Give it once.")
            if bound == "min":
                wanted.least = given[0]
            else:
                wanted.most = given[0]
    _require(
        len(asked) <= MOST_ATTRIBUTES, "attr", f"Filter by at most {MOST_ATTRIBUTES} attributes."
    )
    return filters_of(asked)


def _require(is_right: bool, name: str, reason: str) -> None:  # noqa: FBT001
    if not is_right:
        fault: Fault = {"pointer": name, "code": "invalid", "detail": reason}
        raise Invalid(faults=[fault])
