"""The orders in which products can be listed, each with what a place in it is told by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.models import Product

LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Key:
    """One thing to order by: a column or an alias, and how it is read out of text."""

    name: str
    read: Callable[[str], Any]
    is_descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """Products in one order. The last key is unique, so that a place in the run is one product.

    Without keys, as for relevance, they are in order already and can only be counted through.
    """

    products: QuerySet[Product]
    keys: Sequence[Key] = ()

    def ordered(self) -> QuerySet[Product]:
        names = [f"-{key.name}" if key.is_descending else key.name for key in self.keys]
        return self.products.order_by(*names) if names else self.products

    def place_of(self, row: Mapping[str, Any]) -> list[str]:
        return [str(row[key.name]) for key in self.keys]

    def after(self, place: Sequence[str]) -> QuerySet[Product]:
        """Return those behind a place, in order.

        Raises ValueError or ArithmeticError for a place that is none.
        """
        values = [key.read(text) for key, text in zip(self.keys, place, strict=True)]
        behind = Q()
        for key, value in reversed(list(zip(self.keys, values, strict=True))):
            word = "lt" if key.is_descending else "gt"
            # Both halves say the same; the first is what an index can be entered by.
            at_or_behind = Q(**{f"{key.name}__{word}e": value})
            behind = at_or_behind & (Q(**{f"{key.name}__{word}": value}) | behind)
        # The last key has no further one to fall back on.
        return self.ordered().filter(behind)


def _whole(text: str) -> int:
    number = int(text)
    if not -LARGEST_KEY <= number <= LARGEST_KEY:
        raise ValueError(text)
    return number


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number) >= 10**12:
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError(text)
    return text


OLDER = (
    Key(name="created_at", read=_moment, is_descending=True),
    Key(name="pk", read=_whole, is_descending=True),
)
BY_NAME = (Key(name="name", read=_text), Key(name="pk", read=_whole))
WORSE = (
    Key(name="stars", read=_decimal, is_descending=True),
    Key(name="rating_count", read=_whole, is_descending=True),
    Key(name="pk", read=_whole, is_descending=True),
)
IN_COLLECTION = (Key(name="place", read=_whole),)
LESS_SOLD = (
    Key(name="search_entry__units_sold", read=_whole, is_descending=True),
    Key(name="search_entry__pk", read=_whole, is_descending=True),
)


def in_order(products: QuerySet[Product], ordering: str, *, currency: str) -> list[Run]:
    """Return the products in one order, or in several runs of which one follows the other.

    Those without a price in the currency come after all that have one.
    """
    match ordering:
        case "price" | "-price":
            return _by_price(products, currency, is_descending=ordering == "-price")
        case "-rating":
            stars = Coalesce("rating_average", 0, output_field=DecimalField())
            return [Run(products=products.annotate(stars=stars), keys=WORSE)]
        case "-sales":
            return [Run(products=products.filter(search_entry__isnull=False), keys=LESS_SOLD)]
        case "collection":
            # By the place in the one collection that the products were narrowed to.
            placed = products.annotate(place=F("placements__position"))
            return [Run(products=placed, keys=IN_COLLECTION)]
        case "name":
            return [Run(products=products, keys=BY_NAME)]
        case _:
            return [Run(products=products, keys=OLDER)]


def _by_price(products: QuerySet[Product], currency: str, *, is_descending: bool) -> list[Run]:
    products = products.annotate(
        priced=FilteredRelation("lowest_prices", condition=Q(lowest_prices__currency=currency))
    )
    cheaper = Key(name="lowest", read=_decimal, is_descending=is_descending)
    # The index on prices has the product's key beside the amount, the product's table has not.
    price_key = Key(name="priced__product", read=_whole, is_descending=is_descending)
    key = Key(name="pk", read=_whole, is_descending=is_descending)
    priced = products.filter(priced__isnull=False).annotate(lowest=F("priced__amount"))
    return [
        Run(products=priced, keys=[cheaper, price_key]),
        Run(products=products.filter(priced__isnull=True), keys=[key]),
    ]
