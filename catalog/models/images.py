"""Pictures of products."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from catalog.models.products import Product
from catalog.models.showing import NAME_LENGTH
from ecommerce_backend.common.models import TimestampedModel


class ProductImageQuerySet(models.QuerySet["ProductImage"]):
    def shown(self) -> Self:
        """Only those that are ready to be looked at."""
        return self.filter(status=ProductImage.Status.READY)


class ProductImage(TimestampedModel):
    """A picture of a product, decoded and encoded anew by the shop under a random name."""

    class Status(models.TextChoices):
        PROCESSING = "processing", "Being made"
        READY = "ready", "Shown"
        FAILED = "failed", "Could not be made"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    # A release that knows no status writes pictures that are ready.
    status = models.CharField(
        max_length=16, choices=Status, default=Status.READY, db_default=Status.READY, editable=False
    )
    file = models.ImageField(upload_to="products/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False, null=True)  # of a ready one
    height = models.PositiveIntegerField(editable=False, null=True)
    # Narrower copies: [{"file": …, "width": …, "height": …}], the narrowest first.
    renditions = models.JSONField(default=list, db_default=[], editable=False)
    failure_code = models.CharField(max_length=64, blank=True, db_default="", editable=False)
    failure = models.CharField(max_length=200, blank=True, db_default="", editable=False)
    alt = models.CharField(max_length=NAME_LENGTH, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ProductImageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="product_image_has_file_iff_ready",
                # A check that comes to null holds, so that null is asked for by itself.
                condition=Q(
                    status="ready",
                    width__isnull=False,
                    width__gt=0,
                    height__isnull=False,
                    height__gt=0,
                )
                & ~Q(file="")
                | Q(status__in=["processing", "failed"], file="", width=None, height=None),
            ),
            models.CheckConstraint(
                name="product_image_failed_iff_reason",
                condition=Q(status="failed") & ~Q(failure_code="")
                | ~Q(status="failed") & Q(failure_code="", failure=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="product_image_order", fields=["product", "position", "id"])
        ]

    def __str__(self) -> str:
        return str(self.file.name)


class ImageUpload(models.Model):
    """A picture as it was sent, kept apart and shown to nobody, until a job has read it."""

    image = models.OneToOneField(
        ProductImage, on_delete=models.CASCADE, primary_key=True, related_name="upload"
    )
    name = models.CharField(max_length=100, unique=True)  # of the file to come
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
