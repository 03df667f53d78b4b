"""What goes with a product: what staff say, and what orders show."""

from typing import ClassVar

from django.db import models
from django.db.models import Deferrable, F, Q

from catalog.models.products import Product

MOST_LINKS = 50  # of one kind


class ProductLink(models.Model):
    """Staff lead from one product to another; the first of a kind has position 0."""

    class Kind(models.TextChoices):
        RELATED = "related", "Goes with it"
        UP_SELL = "up_sell", "Better instead of it"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="links")
    target = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=16, choices=Kind)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="product_link_kind_known", condition=Q(kind__in=["related", "up_sell"])
            ),
            models.CheckConstraint(
                name="product_link_not_to_itself", condition=~Q(target=F("product"))
            ),
            models.CheckConstraint(name="product_link_few", condition=Q(position__lt=MOST_LINKS)),
            models.UniqueConstraint(name="product_link_once", fields=["product", "kind", "target"]),
            models.UniqueConstraint(
                name="product_link_place",
                fields=["product", "kind", "position"],
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} → {self.target}"


class BoughtTogether(models.Model):
    """In how many orders of late two products were together; a job counts them."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="bought_with")
    other = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    orders = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="bought_together_once", fields=["product", "other"])
        ]

    def __str__(self) -> str:
        return f"{self.product} with {self.other}: {self.orders}"
