from typing import ClassVar

from django_filters import rest_framework as filters

from catalog.filters import YesNoFilter
from reviews.models import Review
from reviews.selectors import RATINGS


class ReviewFilters(filters.FilterSet):  # type: ignore[misc]
    rating = filters.TypedChoiceFilter(
        choices=[(str(rating), str(rating)) for rating in RATINGS], coerce=int
    )
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
