from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Product
from ecommerce_backend.common.models import TimestampedModel


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> Self:
        return self.filter(status=Review.Status.PUBLISHED)


class Review(TimestampedModel):
    """A customer's opinion of a product. A customer has at most one per product."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for a moderator"
        PUBLISHED = "published", "Published"
        REJECTED = "rejected", "Rejected"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews"
    )
    rating = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150, blank=True)
    text = models.TextField(max_length=5000, blank=True)
    status = models.CharField(max_length=16, choices=Status)
    is_verified_purchase = models.BooleanField(
        default=False, help_text="The author had this product shipped. Computed, never claimed."
    )
    rejection_reason = models.CharField(max_length=200, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="review_one_per_author", fields=["product", "author"]),
            models.CheckConstraint(
                name="review_rating_in_range", condition=Q(rating__range=(1, 5))
            ),
            models.CheckConstraint(
                name="review_status_known",
                condition=Q(status__in=["pending", "published", "rejected"]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="review_newest", fields=["product", "status", "-created_at", "-id"])
        ]

    def __str__(self) -> str:
        return f"{self.rating}/5 for {self.product_id} by {self.author_id}"
