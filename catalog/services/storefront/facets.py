"""How many products each further choice would leave, counted in one query.

Each facet is counted as if its own filter were off, so that a shopper sees what else there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connections, router
from django.db.models import F

from catalog.models import Brand, Category, Product
from catalog.selectors import pricing
from catalog.services.search.finding import find
from catalog.services.storefront import attribute_facets
from catalog.services.storefront.listing import Criteria, listed, offered
from ecommerce_backend.common import money

MOST = 100  # entries of a facet: those with the most products
STARS = (4, 3, 2, 1)
# Where a band of prices ends and the next begins, in units of the currency's usual coin.
_STEPS = tuple(Decimal(step) for step in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000))
_STEP = Category.steplen
# A product is in the band of each of its variants: the bounds of a search are met by any of them.
_BANDS = ", ".join(
    f"count(*) FILTER (WHERE bands & {1 << band} <> 0)" for band in range(len(_STEPS) + 1)
)

# Of each facet: what is counted, and by which of the flags. A further one is a line here.
_COUNTS = {
    "all": "SELECT 'x', count(*) FROM facts WHERE {flags}",
    "brand": "SELECT brand_id::text, count(*) FROM facts WHERE {flags} AND brand_id IS NOT NULL"
    " GROUP BY brand_id",
    "category": "SELECT path, count(*) FROM facts WHERE {flags} AND path IS NOT NULL GROUP BY path",
    "rating": "SELECT floor(rating_average)::text, count(*) FROM facts"
    " WHERE {flags} AND rating_average IS NOT NULL GROUP BY floor(rating_average)",
    "availability": "SELECT in_stock::text, count(*) FROM facts WHERE {flags} GROUP BY in_stock",
    "price": "SELECT (band - 1)::text, number FROM ("
    " SELECT ARRAY[{bands}] AS numbers FROM facts WHERE {flags}"
    ") AS counted, unnest(numbers) WITH ORDINALITY AS bands(number, band) WHERE number > 0",
    **attribute_facets.COUNTS,
}
_FLAGS = ("brand", "category", "rating", "availability", "price", "attributes")
# Each attribute is counted as if its own filter were off: see `missing` below.
_UNFLAGGED = dict.fromkeys(attribute_facets.COUNTS, "attributes")
_QUERY = """
WITH base AS MATERIALIZED ({base}), offered AS MATERIALIZED (
    SELECT
        base.id, min(base.brand_id) AS brand_id, min(base.path) AS path, {met}
        min(base.rating_average) AS rating_average,
        bool_or(stock.sellable > 0) AS in_stock,
        coalesce(bool_or(
            price.currency = %(price_currency)s
            AND least(price.amount, listed.amount) >= coalesce(%(min_price)s, 0)
            AND least(price.amount, listed.amount) <= coalesce(%(max_price)s, price.amount)
        ), false) AS is_between,
        coalesce(bit_or(
            1 << width_bucket(least(price.amount, listed.amount), %(steps)s::numeric[])
        ) FILTER (WHERE price.currency = %(price_currency)s), 0) AS bands
    FROM base
    JOIN catalog_productvariant AS variant ON variant.product_id = base.id AND variant.is_active
    JOIN catalog_price AS price ON price.variant_id = variant.id {in_currency}
    LEFT JOIN ({cheapest_listed}) AS listed
        ON listed.variant_id = price.variant_id AND listed.currency = price.currency
    JOIN catalog_stock AS stock ON stock.variant_id = variant.id
    GROUP BY base.id
), facts AS MATERIALIZED (
    SELECT
        id, brand_id, path, rating_average, in_stock, bands, {missing},
        %(brand)s::bigint IS NULL OR brand_id IS NOT DISTINCT FROM %(brand)s AS is_brand,
        %(path)s::text IS NULL OR coalesce(starts_with(path, %(path)s), false) AS is_category,
        %(min_rating)s::numeric IS NULL OR coalesce(rating_average >= %(min_rating)s, false)
            AS is_rating,
        %(in_stock)s::boolean IS NULL OR in_stock = %(in_stock)s AS is_availability,
        NOT %(has_bounds)s OR is_between AS is_price, {misses} = 0 AS is_attributes
    FROM offered
)
{counts}
"""

Counts = Mapping[str, Mapping[str, int]]
Entries = list[dict[str, Any]]


def facets(criteria: Criteria) -> dict[str, Any]:
    """Return the counts of every facet for the criteria; four queries and those of the search.

    While none of the products has an attribute to filter by, three.
    """
    counts = _counts(criteria)
    currency = criteria.price_currency
    return {
        "count": counts["all"].get("x", 0),
        "currency": currency,
        "categories": _categories(counts["category"], chosen=criteria.category),
        "brands": _brands(counts["brand"], chosen=criteria.brand),
        "prices": _prices(counts["price"], currency),
        "attributes": attribute_facets.entries(counts, chosen=criteria.attributes, most=MOST),
        "ratings": [
            {"min_rating": stars, "count": _at_least(stars, counts["rating"])} for stars in STARS
        ],
        "availability": [
            {"in_stock": is_there, "count": counts["availability"].get(word, 0)}
            for is_there, word in ((True, "true"), (False, "false"))
        ],
    }


def _counts(criteria: Criteria) -> Counts:
    counts: dict[str, dict[str, int]] = {facet: {} for facet in _COUNTS}
    base = offered(criteria)
    if criteria.search:
        finding = find(criteria.search, listed())
        if finding.is_nothing:
            return counts
        base = base.filter(finding.condition)
    met = {f"met{n}": asked.condition() for n, asked in enumerate(criteria.attributes)}
    columns = {"path": F("category__path"), **met}
    rows = base.order_by().values("id", "brand_id", "rating_average", **columns)
    sql, params = rows.query.sql_with_params()
    named = {f"base{number}": value for number, value in enumerate(params)}
    placed = sql % tuple(f"%({name})s" for name in named)
    in_currency = "AND price.currency = %(currency)s" if criteria.currency else ""
    query = (
        _QUERY.replace("{base}", placed)
        .replace("{in_currency}", in_currency)
        .replace("{cheapest_listed}", pricing.CHEAPEST_LISTED)
        .replace("{counts}", " UNION ALL ".join(_counting()))
        .replace("{met}", "".join(f"bool_and(base.{name}) AS {name}, " for name in met))
        .replace("{missing}", attribute_facets.missing(criteria.attributes))
        .replace("{misses}", attribute_facets.misses(criteria.attributes))
    )
    with connections[router.db_for_read(Product)].cursor() as cursor:
        cursor.execute(query, {**named, **_values(criteria)})
        for facet, key, number in cursor.fetchall():
            counts[facet][key] = number
    return counts


def _counting() -> Iterable[str]:
    for facet, counting in _COUNTS.items():
        own = _UNFLAGGED.get(facet, facet)
        flags = " AND ".join(f"is_{flag}" for flag in _FLAGS if flag != own)
        counted = counting.replace("{flags}", flags).replace("{bands}", _BANDS)
        yield counted.replace("SELECT", f"SELECT '{facet}',", 1)


def _values(criteria: Criteria) -> dict[str, Any]:
    bounds = (criteria.min_price, criteria.max_price)
    return {
        **pricing.moment(criteria.customer_id, criteria.at),
        "currency": criteria.currency,
        "price_currency": criteria.price_currency,
        "min_price": criteria.min_price,
        "max_price": criteria.max_price,
        "has_bounds": bounds != (None, None),
        "brand": criteria.brand and criteria.brand.pk,
        "path": criteria.category and criteria.category.path,
        "min_rating": criteria.min_rating,
        "in_stock": criteria.in_stock,
        "steps": _steps(criteria.price_currency),
    }


def _steps(currency: str) -> list[Decimal]:
    """Return where bands of prices end: of yen, which have no cents, a hundred times as high."""
    coin = 1 if money.exponent(currency) < 1 else 100
    return [step * coin for step in _STEPS]


def _prices(counts: Mapping[str, int], currency: str) -> Entries:
    steps = [Decimal(0), *_steps(currency)]
    smallest = money.exponent(currency)
    return [
        {
            "min_price": money.formatted(steps[band], currency),
            "max_price": money.formatted(steps[band + 1] - smallest, currency)
            if band + 1 < len(steps)
            else None,
            "count": counts[str(band)],
        }
        for band in range(len(steps))
        if str(band) in counts
    ]


def _at_least(stars: int, counts: Mapping[str, int]) -> int:
    return sum(number for floor, number in counts.items() if int(floor) >= stars)


def _brands(counts: Mapping[str, int], *, chosen: Brand | None) -> Entries:
    kept = _most(counts, str(chosen.pk) if chosen else None)
    brands = Brand.objects.filter(pk__in=[int(key) for key in kept]).values("id", "name", "slug")
    found = {str(brand["id"]): brand for brand in brands}
    return [
        {"name": found[key]["name"], "slug": found[key]["slug"], "count": counts.get(key, 0)}
        for key in kept
        if key in found
    ]


def _categories(counts: Mapping[str, int], *, chosen: Category | None) -> Entries:
    rolled_up: dict[str, int] = {}
    for path, number in counts.items():
        for end in range(_STEP, len(path) + 1, _STEP):
            rolled_up[path[:end]] = rolled_up.get(path[:end], 0) + number
    kept = _most(rolled_up, chosen.path if chosen else None)
    categories = Category.objects.filter(path__in=kept).values("path", "name", "slug")
    found = {category["path"]: category for category in categories}
    return [
        {
            "name": category["name"],
            "slug": category["slug"],
            "parent": found[path[:-_STEP]]["slug"] if path[:-_STEP] in found else None,
            "count": rolled_up.get(path, 0),
        }
        for path, category in sorted(found.items())
    ]


def _most(counts: Mapping[str, int], chosen: str | None) -> Sequence[str]:
    """Return the keys with the highest counts, and the chosen one even if nothing is left of it.

    Shorter keys come before longer ones of the same count: a category before those below it.
    """
    kept = sorted(counts, key=lambda key: (-counts[key], len(key), key))[:MOST]
    return kept if chosen is None or chosen in kept else [*kept, chosen]
