"""What else may please who looks at a product."""

from collections.abc import Collection

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast

from catalog.models import Category, Product, ProductLink
from catalog.services.storefront.cards import COLUMNS, Card, Row, cards
from catalog.services.storefront.listing import listed

MOST = 12


def related(
    product: Product, *, currency: str | None, customer_id: int | None = None
) -> list[Card]:
    """Return at most twelve cards of what goes with a product, each product once.

    First what staff say, then what is bought together most, then what stands in its category and in
    the branch around it, of each the best rated first. `product` has its category loaded; five
    queries at most.
    """
    chosen = dict.fromkeys(_chosen(product))
    rows = {row["id"]: row for row in listed(currency).filter(pk__in=chosen).values(*COLUMNS)}
    shown = [rows[product_id] for product_id in chosen if product_id in rows][:MOST]
    if len(shown) < MOST:
        shown += _around(product, currency, seen={product.pk, *rows})[: MOST - len(shown)]
    return cards(shown, currency=currency, customer_id=customer_id)


def up_sells(
    product: Product, *, currency: str | None, customer_id: int | None = None
) -> list[Card]:
    """Return at most twelve cards of what staff suggest instead, in their order; three queries."""
    rows = listed(currency).filter(
        linked_from__product=product, linked_from__kind=ProductLink.Kind.UP_SELL
    )
    rows = rows.order_by("linked_from__position")
    return cards(list(rows.values(*COLUMNS)[:MOST]), currency=currency, customer_id=customer_id)


def _chosen(product: Product) -> list[int]:
    """Return the ids of what staff say, and of what is bought together, best first; one query."""
    said = product.links.filter(kind=ProductLink.Kind.RELATED).annotate(
        run=Value(0), place=Cast("position", IntegerField()), found=F("target")
    )
    bought = product.bought_with.annotate(run=Value(1), place=-F("orders"), found=F("other"))
    columns = ("run", "place", "found")
    rows = said.order_by().values_list(*columns).union(bought.values_list(*columns), all=True)
    return [product_id for *_, product_id in sorted(rows)]


def _around(product: Product, currency: str | None, *, seen: Collection[int]) -> list[Row]:
    if product.category is None:
        return []
    own = Q(category__path__startswith=product.category.path)
    around = product.category.path[: -Category.steplen] or product.category.path
    rows = (
        listed(currency)
        .filter(category__path__startswith=around)
        .exclude(pk__in=seen)
        .order_by(
            Case(When(own, then=Value(0)), default=Value(1)),
            F("rating_average").desc(nulls_last=True),
            "-pk",
        )
    )
    return list(rows.values(*COLUMNS)[:MOST])
