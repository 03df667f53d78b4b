"""Which of the products that a query finds comes first."""

from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import (
    Case,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least, Ln

from catalog.models import Product, Stock
from catalog.services.search.lexemes import NAME_KEY, Rank
from catalog.services.search.questions import Question

# What text is worth: whole words, words that begin so, a name like the query, one that begins so.
WHOLE, BEGUN, ALIKE, FIRST = 1.0, 0.2, 0.6, 0.25
# By how much of itself a score is raised for what can be had, sells well and is liked.
IN_STOCK, SOLD, LIKED = 0.15, 0.15, 0.1
MANY = 100  # units in ninety days: more raise a score no further
USUAL_STARS, DOUBT = 3.5, 5  # as if so many had given so many stars before anybody did


def by_relevance(products: QuerySet[Product], question: Question) -> QuerySet[Product]:
    """Put products of that SKU, barcode or very name first, then by text, stock, sales, rating.

    Of names that differ in signs and capitals alone, the one that was typed comes first.
    """
    text = _number(_text_score(question))
    return products.alias(
        text=text,
        boost=_number(1 + _stock_share() + _sales_share() + _rating_share()),
    ).order_by(
        *_tiers(question),
        _number(F("text") * F("boost")).desc(),
        "pk",
    )


def _number(expression: Any) -> Any:
    return ExpressionWrapper(expression, output_field=FloatField())


def _tiers(question: Question) -> list[Case]:
    whens = [When(pk__in=question.bearers, then=Value(0))] if question.bearers else []
    if question.plain:
        so_named = {NAME_KEY: question.plain[:255]}
        whens.append(When(**so_named, name=question.typed, then=Value(1)))
        whens.append(When(**so_named, then=Value(2)))
    return [Case(*whens, default=Value(3))] if whens else []


def _text_score(question: Question) -> Any:
    name = F(NAME_KEY)
    begins_so = Case(
        When(**{f"{NAME_KEY}__startswith": question.plain + " "}, then=Value(FIRST)),
        default=Value(0.0),
        output_field=FloatField(),
    )
    score = TrigramSimilarity(name, question.plain) * Value(ALIKE) + begins_so
    if question.lexemes:
        score += Rank(question.exact) * Value(WHOLE) + Rank(question.lexemes) * Value(BEGUN)
    return score


def _stock_share() -> Any:
    # A row to be looked up for each product that was found. Of EXISTS the planner would make a
    # table of all products in stock, for a query that finds a few hundred.
    in_stock = Stock.objects.filter(
        variant__product=OuterRef("pk"), variant__is_active=True, sellable__gt=0
    )
    share = Subquery(in_stock.values(share=Value(IN_STOCK, FloatField()))[:1])
    return Coalesce(share, Value(0.0), output_field=FloatField())


def _sales_share() -> Any:
    units = Least(F("search_entry__units_sold"), Value(MANY))
    return Ln(_number(units + Value(1.0))) / Ln(Value(MANY + 1.0)) * Value(SOLD)


def _rating_share() -> Any:
    """Return what a rating is worth, which of few voices is not much more than the usual."""
    average = _number(Coalesce(F("rating_average"), Value(0), output_field=FloatField()))
    count = _number(F("rating_count") + Value(0.0))
    stars = (average * count + Value(USUAL_STARS * DOUBT)) / (count + Value(float(DOUBT)))
    return (_number(stars) - Value(USUAL_STARS)) / Value(5 - USUAL_STARS) * Value(LIKED)
