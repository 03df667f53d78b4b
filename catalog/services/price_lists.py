"""Lists of prices beside the usual ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from catalog.models import PriceList, PriceListEntry, ProductVariant
from catalog.services.prices import is_payable
from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.errors import DomainError, Fault, Invalid
from ecommerce_backend.common.transactions import unit_of_work

MOST_ENTRIES = 1000  # of one request

# The row's own trigger decides by the clock whether it is counted, and has what follows worked out.
_COUNT = """
UPDATE catalog_pricelist SET is_counted = is_counted
WHERE id = %s
"""
_MISCOUNTED = """
SELECT id FROM catalog_pricelist
WHERE is_counted <> (
    is_active AND customer_group_id IS NULL
    AND (starts_at IS NULL OR starts_at <= clock_timestamp())
    AND (ends_at IS NULL OR ends_at > clock_timestamp())
)
ORDER BY id
"""


class PriceListExists(DomainError):
    code = "price_list_exists"
    message = "There is a price list of this name already."
    advice = "Choose another name."


class PriceWindowInvalid(DomainError):
    code = "price_window_invalid"
    message = "A price list must end after it starts."
    http_status = 400
    advice = "Send an `ends_at` that is later than `starts_at`, or null."


class ListEntry(NamedTuple):
    """What each of at least so many units is to cost by a list; None takes the price off it."""

    sku: str
    currency: str
    min_quantity: int
    amount: Decimal | None


@unit_of_work
def create_price_list(*, name: str, **more: Any) -> PriceList:
    """Create a list without prices; `more` are its other columns.

    Raises PriceListExists and PriceWindowInvalid.
    """
    price_list = PriceList(name=name, **more)
    _require_right(price_list)
    price_list.save()
    return price_list


@unit_of_work
def change_price_list(*, price_list: PriceList, changes: Mapping[str, Any]) -> PriceList:
    """Change what is named of a list; call with its row locked.

    Raises PriceListExists and PriceWindowInvalid.
    """
    changed = [name for name, value in changes.items() if getattr(price_list, name) != value]
    for name in changed:
        setattr(price_list, name, changes[name])
    _require_right(price_list)
    if changed:
        price_list.save(update_fields=[*changed, "updated_at"])
    return price_list


@unit_of_work
def put_entries(*, price_list: PriceList, entries: Sequence[ListEntry]) -> int:
    """Let a list hold these prices, whatever it held of them before; call with its row locked.

    Prices that are not named stay. Returns how many changed, which is one record of the audit
    trail. Raises Invalid for a SKU that is not there, for a price that cannot be paid, and for two
    prices of one thing.
    """
    variants = dict(
        ProductVariant.objects.filter(sku__in={entry.sku for entry in entries}).values_list(
            "sku", "pk"
        )
    )
    if faults := _faults(entries, variants):
        raise Invalid(faults=faults)
    stored = {
        (entry.variant_id, entry.currency, entry.min_quantity): entry
        for entry in price_list.entries.filter(variant__in=variants.values())
    }
    wanted = {(variants[sku], code, units): amount for sku, code, units, amount in entries}
    gone = [stored[key].pk for key in wanted if wanted[key] is None and key in stored]
    written = [
        PriceListEntry(
            price_list=price_list,
            variant_id=key[0],
            currency=key[1],
            min_quantity=key[2],
            amount=amount,
        )
        for key, amount in wanted.items()
        if amount is not None and (key not in stored or stored[key].amount != amount)
    ]
    price_list.entries.filter(pk__in=gone).delete()
    PriceListEntry.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["price_list", "variant", "currency", "min_quantity"],
        update_fields=["amount", "updated_at"],
    )
    if gone or written:
        audit.record(
            Action.PRICE_LIST_CHANGED,
            subject=f"price_list:{price_list.pk}",
            details={"written": len(written), "removed": len(gone)},
        )
    return len(gone) + len(written)


def require_window(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """See that a list closes after it opens.

    Raises PriceWindowInvalid.
    """
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise PriceWindowInvalid


def _require_right(price_list: PriceList) -> None:
    require_window(price_list.starts_at, price_list.ends_at)
    if PriceList.objects.exclude(pk=price_list.pk).filter(name=price_list.name).exists():
        raise PriceListExists


def _faults(entries: Sequence[ListEntry], variants: Mapping[str, int]) -> list[Fault]:
    faults: list[Fault] = []
    seen = set()
    for place, entry in enumerate(entries):
        key = (entry.sku, entry.currency, entry.min_quantity)
        if entry.sku not in variants:
            faults.append(_fault(place, "sku", "does_not_exist", "There is no such SKU."))
        elif key in seen:
            faults.append(_fault(place, "sku", "repeated", "Name each price once."))
        elif entry.amount is not None and not is_payable(entry.amount, entry.currency):
            detail = f"{entry.amount} cannot be paid in {entry.currency}."
            faults.append(_fault(place, "amount", "price_invalid", detail))
        seen.add(key)
    return faults


def _fault(place: int, member: str, code: str, detail: str) -> Fault:
    return {"pointer": f"/entries/{place}/{member}", "code": code, "detail": detail}


def count_opened_and_closed() -> int:
    """Let filters and orders by price follow lists that opened or closed; return how many did.

    What is charged and shown does not wait for it. Each list is a transaction of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MISCOUNTED)
        lists = [row[0] for row in cursor.fetchall()]
    for number in lists:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '60s'")
            cursor.execute(_COUNT, [number])
    return len(lists)
