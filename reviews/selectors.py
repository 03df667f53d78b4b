"""What shoppers and staff ask about reviews."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, QuerySet, Value

from catalog.models import Product
from reviews.models import Review
from users.models import User

RATINGS = (1, 2, 3, 4, 5)
# Above every id, so that a rating and an id make one number that sorts by both.
RANK = Value(10**15, output_field=BigIntegerField())


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How many published reviews gave each rating."""

    counts: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def average(self) -> Decimal | None:
        """Return the mean with two decimals, half up; None while nobody has rated."""
        if not self.count:
            return None
        points = sum(rating * count for rating, count in self.counts.items())
        return (Decimal(points) / self.count).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def distribution(self) -> dict[str, int]:
        return {str(rating): count for rating, count in self.counts.items()}


def published_reviews(product: Product) -> QuerySet[Review]:
    """Return a product's reviews with their authors.

    `best_first` and `worst_first` are unique, as a cursor needs; each has the newest first among
    equal ratings, the one read downwards, the other upwards.
    """
    rank = F("rating") * RANK
    return (
        Review.objects.published()
        .filter(product=product)
        .select_related("author")
        .annotate(
            best_first=ExpressionWrapper(rank + F("pk"), output_field=BigIntegerField()),
            worst_first=ExpressionWrapper(rank - F("pk"), output_field=BigIntegerField()),
        )
    )


def summaries(product_ids: Collection[int]) -> dict[int, Summary]:
    """Return the summary of each product, by id, in one query."""
    counts = {product_id: dict.fromkeys(RATINGS, 0) for product_id in product_ids}
    rows = (
        Review.objects.published()
        .filter(product__in=product_ids)
        .values_list("product_id", "rating")
        .annotate(Count("pk"))
    )
    for product_id, rating, count in rows:
        counts[product_id][rating] = count
    return {product_id: Summary(counts=found) for product_id, found in counts.items()}


def public_name(author: User) -> str:
    """Return what strangers may know of an author: "Ada C."."""
    if not author.first_name:
        return "Anonymous"
    initial = f"{author.last_name[0]}." if author.last_name else ""
    return f"{author.first_name} {initial}".strip()
