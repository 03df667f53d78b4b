from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import ProductVariant
from ecommerce_backend.common.fields import amount_field, currency_field
from ecommerce_backend.common.models import TimestampedModel

MAX_QUANTITY = 999
MAX_LINES = 100


class CartQuerySet(models.QuerySet["Cart"]):
    def lock(self, cart_id: int) -> "Cart":
        """Return the cart with its row locked; its lines change under this lock only.

        Raises Cart.DoesNotExist.
        """
        return self.select_for_update(no_key=True, of=("self",)).get(pk=cart_id)

    def abandoned_before(self, moment: datetime) -> Self:
        return self.filter(customer=None, updated_at__lt=moment)


class Cart(TimestampedModel):
    """What somebody means to buy, a customer or a guest. It promises neither price nor stock."""

    customer = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="cart"
    )
    # SHA-256 of the guest's token, so that a copy of the database opens nobody's cart.
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    currency = currency_field()
    version = models.PositiveIntegerField(default=0, help_text="Grows with each change: the ETag.")

    objects = CartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cart_of_customer_or_guest",
                condition=Q(customer__isnull=True, token_hash__isnull=False)
                | Q(customer__isnull=False, token_hash__isnull=True),
            )
        ]
        indexes: ClassVar = [
            models.Index(
                name="cart_guest_age", fields=["updated_at"], condition=Q(customer__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"cart {self.pk}"


class CartLine(TimestampedModel):
    """A number of units of one SKU."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    # The price when it was last put or set here, to warn when it has moved. Never charged.
    seen_price = amount_field()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="cart_line_unique_variant", fields=["cart", "variant"]),
            models.CheckConstraint(
                name="cart_line_quantity_in_range", condition=Q(quantity__range=(1, MAX_QUANTITY))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"
