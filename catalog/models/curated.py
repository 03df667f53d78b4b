"""Products that staff put together by hand."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils import timezone

from catalog.models.products import Product
from catalog.models.showing import Shown, shown_at

MOST_PRODUCTS = 1000


class CollectionQuerySet(models.QuerySet["Collection"]):
    def published(self) -> Self:
        """Return those that are shown at this moment."""
        return self.filter(shown_at(timezone.now()))

    def lock(self, collection_id: int) -> "Collection":
        """Return the collection with its row locked: who arranges its products waits for others.

        Raises Collection.DoesNotExist.
        """
        return self.select_for_update(no_key=True, of=("self",)).get(pk=collection_id)


class Collection(Shown):
    """Products for an occasion or a page of the shop, chosen and put in order by staff."""

    products = models.ManyToManyField(
        Product, through="CollectionProduct", related_name="collections"
    )

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="collection_status_known",
                condition=Q(status__in=["draft", "published", "archived"]),
            ),
            models.CheckConstraint(
                name="collection_window_opens_first",
                condition=Q(publish_until__gt=F("publish_from")),
            ),
        ]


class CollectionProduct(models.Model):
    """A product's place in a collection; the first has position 0."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="placements")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="placements")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="collection_product_once", fields=["collection", "product"]
            ),
            # Two products change places row by row; only at the end must each have its own.
            models.UniqueConstraint(
                name="collection_product_place",
                fields=["collection", "position"],
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="collection_product_few", condition=Q(position__lt=MOST_PRODUCTS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.product}"
