"""How amounts, statuses and addresses look in the admin."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ecommerce_backend.common import money

STYLES = ("orders/admin.css",)


def amount(value: Decimal, currency: str) -> SafeString:
    """Return an amount with its currency, in figures that line up in a column."""
    return format_html(
        '<span class="amount">{} {}</span>', money.formatted(value, currency), currency
    )


def pill(status: str, label: str) -> SafeString:
    """Return a status in one short word or two; what it means is in the tooltip."""
    name = status.replace("_", " ").capitalize()
    return format_html('<span class="pill pill-{}" title="{}">{}</span>', status, label, name)


def address(parts: Mapping[str, str]) -> SafeString:
    """Return an address as it would stand on an envelope."""
    place = " ".join(filter(None, (parts.get("postal_code"), parts.get("city"))))
    lines = [
        parts.get("full_name"),
        parts.get("company"),
        parts.get("line1"),
        parts.get("line2"),
        place,
        parts.get("region"),
        parts.get("country"),
        parts.get("phone"),
    ]
    return format_html(
        "<address>{}</address>", format_html_join("", "{}<br>", ((line,) for line in lines if line))
    )


def details(facts: Mapping[str, Any]) -> SafeString:
    """Return what an event says as one line of names and values."""
    said = ((name.replace("_", " "), _plain(value)) for name, value in facts.items() if value)
    return format_html_join(" · ", '<span class="fact">{}</span> {}', said)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{units} × {name}" for name, units in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
