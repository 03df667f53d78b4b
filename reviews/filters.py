from typing import ClassVar

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from catalog.filters import YesNoFilter
from reviews.models import Review
from reviews.selectors import RATINGS


@extend_schema_field({"type": "integer", "minimum": RATINGS[0], "maximum": RATINGS[-1]})
class RatingFilter(filters.TypedChoiceFilter):  # type: ignore[misc]
    pass


class ReviewFilters(filters.FilterSet):  # type: ignore[misc]
    rating = RatingFilter(choices=[(str(rating), str(rating)) for rating in RATINGS], coerce=int)
    verified = YesNoFilter(
        field_name="is_verified_purchase", help_text="By customers who had it shipped, or not."
    )

    class Meta:
        model = Review
        fields: ClassVar[list[str]] = []


class StaffReviewFilters(ReviewFilters):
    class Meta:
        model = Review
        fields: ClassVar = ["status"]
