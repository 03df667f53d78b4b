"""Who waits for it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from catalog.models.products import ProductVariant


class BackInStockRequest(models.Model):
    """Somebody who wants one mail when a SKU can be had again: a customer, or a guest's address.

    A guest's row is made when the address is confirmed. The address goes as soon as the mail is
    sent, the row a week later.
    """

    variant = models.ForeignKey(
        ProductVariant, on_delete=models.CASCADE, related_name="back_in_stock_requests"
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="back_in_stock_requests",
    )
    email = models.EmailField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, editable=False)  # the mail is on its way

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="back_in_stock_once", fields=["customer", "variant"]),
            models.UniqueConstraint(
                Lower("email"),
                "variant",
                name="back_in_stock_guest_once",
                condition=~Q(email=""),
            ),
            models.CheckConstraint(
                name="back_in_stock_of_somebody",
                condition=Q(customer__isnull=False, email="")
                | (Q(customer=None) & ~Q(email=""))
                | Q(customer=None, told_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                name="back_in_stock_queue", fields=["variant", "id"], condition=Q(told_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer or self.email or 'a guest'} waits for {self.variant}"
