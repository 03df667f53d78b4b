"""Which products a shopper gets to see, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left
from django.utils import timezone

from catalog.models import Brand, Category, Collection, LowestPrice, Price, Product
from catalog.selectors import pricing
from catalog.services.search.finding import Finding, find
from catalog.services.search.highlighting import READ
from catalog.services.search.ranking import by_relevance
from catalog.services.storefront.attributes import AttributeFilter
from catalog.services.storefront.cards import COLUMNS
from catalog.services.storefront.ordering import Run, in_order

ORDERINGS = (
    "relevance",
    "price",
    "-price",
    "-created_at",
    "-rating",
    "-sales",
    "name",
    "collection",
)


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What a shopper asked for. Price bounds are in `currency`, else in the store's.

    They are met by what `customer_id` pays at that moment; without one, by what everybody pays.
    """

    currency: str | None = None
    search: str = ""
    category: Category | None = None
    collection: Collection | None = None
    brand: Brand | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    in_stock: bool | None = None
    min_rating: Decimal | None = None
    attributes: Sequence[AttributeFilter] = ()
    ordering: str = ""
    customer_id: int | None = None
    at: datetime = field(default_factory=timezone.now)

    @property
    def price_currency(self) -> str:
        return self.currency or str(settings.STORE_CURRENCY)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The products that meet some criteria, and the runs in which they stand there."""

    products: QuerySet[Product]
    runs: Sequence[Run]
    ordering: str
    finding: Finding | None = None  # of a search

    @property
    def columns(self) -> tuple[str, ...]:
        return (*COLUMNS, "summary") if self.finding else COLUMNS


def listed(currency: str | None = None) -> QuerySet[Product]:
    """Return the published products with something to buy: an active variant that has a price."""
    prices = LowestPrice.objects.filter(product=OuterRef("pk"))
    if currency:
        prices = prices.filter(currency=currency)
    return Product.objects.published().filter(Exists(prices))


def browse(criteria: Criteria) -> Shelf:
    """Return those with something to buy that meet the criteria, in the order asked for."""
    finding = find(criteria.search, listed()) if criteria.search else None
    products = narrowed(offered(criteria), criteria)
    if finding:
        products = products.filter(finding.condition).annotate(summary=Left("description", READ))
    ordering = criteria.ordering or _usual_ordering(criteria)
    if finding and ordering == "relevance":
        runs = [Run(products=by_relevance(products, finding.question))]
    else:
        runs = in_order(products, ordering, currency=criteria.price_currency)
    return Shelf(products=products, runs=runs, ordering=ordering, finding=finding)


def offered(criteria: Criteria) -> QuerySet[Product]:
    """Return those with something to buy among which all else narrows the choice."""
    products = listed(criteria.currency)
    if criteria.collection:
        products = products.filter(placements__collection=criteria.collection)
    return products


def _usual_ordering(criteria: Criteria) -> str:
    if criteria.search:
        return "relevance"
    return "collection" if criteria.collection else "-created_at"


def narrowed(products: QuerySet[Product], criteria: Criteria) -> QuerySet[Product]:
    """Return those of the offered that meet every criterion but the search."""
    if criteria.category:
        products = products.filter(category__path__startswith=criteria.category.path)
    if criteria.brand:
        products = products.filter(brand=criteria.brand)
    if criteria.min_rating is not None:
        products = products.filter(rating_average__gte=criteria.min_rating)
    if criteria.min_price is not None or criteria.max_price is not None:
        products = products.filter(_costs_between(criteria))
    if criteria.in_stock is not None:
        has_stock = Exists(_prices(criteria.currency).filter(_IS_AVAILABLE))
        products = products.filter(has_stock if criteria.in_stock else ~has_stock)
    return products.filter(*(asked.condition() for asked in criteria.attributes))


_IS_AVAILABLE = Q(variant__stock__sellable__gt=0)


def _prices(currency: str | None) -> QuerySet[Price]:
    """Return the prices a product in the outer query can be bought at."""
    prices = Price.objects.filter(variant__product=OuterRef("pk"), variant__is_active=True)
    return prices.filter(currency=currency) if currency else prices


# As an index on prices could not tell what lists make of them, all of them are looked at.
_UNIT_PRICES_BETWEEN = f"""
SELECT variant.product_id
FROM catalog_price AS price
JOIN catalog_productvariant AS variant ON variant.id = price.variant_id AND variant.is_active
LEFT JOIN ({pricing.CHEAPEST_LISTED % {"customer": "%s", "at": "%s"}}) AS listed
    ON listed.variant_id = price.variant_id AND listed.currency = price.currency
WHERE price.currency = %s
    AND least(price.amount, listed.amount) >= coalesce(%s, 0)
    AND least(price.amount, listed.amount) <= coalesce(%s, price.amount)
"""  # noqa: S608


def _costs_between(criteria: Criteria) -> Q | Exists:
    """Return the condition that a variant costs as much as was asked for; at most one query."""
    if pricing.has_list_prices(customer_id=criteria.customer_id, at=criteria.at):
        bounds = (criteria.price_currency, criteria.min_price, criteria.max_price)
        values = (criteria.customer_id, criteria.at, *bounds)
        return Q(pk__in=RawSQL(_UNIT_PRICES_BETWEEN, values))  # noqa: S611
    return Exists(_prices_between(criteria))


def _prices_between(criteria: Criteria) -> QuerySet[Price]:
    prices = _prices(criteria.price_currency)
    if criteria.min_price is not None:
        prices = prices.filter(amount__gte=criteria.min_price)
    if criteria.max_price is not None:
        prices = prices.filter(amount__lte=criteria.max_price)
    return prices
