from typing import ClassVar

from rest_framework import serializers

from catalog.models import Product
from catalog.serializers import Rating
from ecommerce_backend.common.serializers import (
    CountField,
    OneLineField,
    ParagraphsField,
    StrictSerializer,
)
from reviews.models import Review
from reviews.selectors import RATINGS, Summary, public_name
from reviews.services.moderation import Decision


class WriteReview(StrictSerializer):
    """What a customer thinks of a product."""

    rating = serializers.IntegerField(
        min_value=RATINGS[0], max_value=RATINGS[-1], help_text="Stars."
    )
    title = OneLineField(max_length=150, allow_blank=True, required=False)
    text = ParagraphsField(max_length=5000, allow_blank=True, required=False)


class DecideReview(StrictSerializer):
    """What the moderator has decided."""

    decision = serializers.ChoiceField([(decision.value, decision.value) for decision in Decision])
    reason = OneLineField(
        max_length=200, allow_blank=True, required=False, help_text="Why not; the author reads it."
    )


class ReviewedProductSerializer(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields: ClassVar = ["slug", "name"]


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """A review as every shopper sees it."""

    author = serializers.SerializerMethodField(help_text="First name and initial.")
    verified_purchase = serializers.BooleanField(
        source="is_verified_purchase", help_text="The author had this product shipped."
    )

    class Meta:
        model = Review
        fields: ClassVar = [
            "id",
            "author",
            "rating",
            "title",
            "text",
            "verified_purchase",
            "created_at",
        ]

    def get_author(self, review: Review) -> str:
        return public_name(review.author)


class ModeratedReviewSerializer(ReviewSerializer):
    """A review as its author and the staff see it."""

    product = ReviewedProductSerializer()

    class Meta:
        model = Review
        fields: ClassVar = [
            *ReviewSerializer.Meta.fields,
            "product",
            "status",
            "rejection_reason",
            "updated_at",
        ]


class ReviewSummarySerializer(serializers.Serializer[Summary]):
    average = Rating()
    count = CountField()
    distribution = serializers.DictField(
        child=CountField(), help_text="How many gave each number of stars."
    )
