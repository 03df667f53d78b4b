"""What else may please who looks at a product."""

from django.db.models import Case, F, Q, Value, When

from catalog.models import Category, Product
from catalog.services.storefront.cards import COLUMNS, Card, cards
from catalog.services.storefront.listing import listed

MOST = 12


def related(
    product: Product, *, currency: str | None, customer_id: int | None = None
) -> list[Card]:
    """Return at most twelve cards: of its own category, then of the branch around it.

    Of each the best rated first, then the newest. `product` has its category loaded; three queries.
    """
    if product.category is None:
        return []
    own = Q(category__path__startswith=product.category.path)
    around = product.category.path[: -Category.steplen] or product.category.path
    rows = (
        listed(currency)
        .filter(category__path__startswith=around)
        .exclude(pk=product.pk)
        .order_by(
            Case(When(own, then=Value(0)), default=Value(1)),
            F("rating_average").desc(nulls_last=True),
            "-pk",
        )
    )
    return cards(list(rows.values(*COLUMNS)[:MOST]), currency=currency, customer_id=customer_id)
