"""Who waits for it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.products import ProductVariant


class BackInStockRequest(models.Model):
    """A customer who wants one mail when a SKU can be had again. The row goes with the mail."""

    variant = models.ForeignKey(
        ProductVariant, on_delete=models.CASCADE, related_name="back_in_stock_requests"
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="back_in_stock_requests"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, editable=False)  # the mail is on its way

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="back_in_stock_once", fields=["customer", "variant"])
        ]
        indexes: ClassVar = [
            models.Index(
                name="back_in_stock_queue", fields=["variant", "id"], condition=Q(told_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer} waits for {self.variant}"
