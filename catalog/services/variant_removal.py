"""Deleting a variant that was never more than a slip."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from django.db.models import ForeignObjectRel, Model

from catalog.models import BackInStockRequest, ProductVariant, Stock, StockMovement
from catalog.services.products import complete
from ecommerce_backend.common import events
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work


class VariantInUse(DomainError):
    code = "variant_in_use"
    message = "Something else of the shop refers to this variant. Deactivate it instead."
    advice = "Set `is_active` to false: it is not for sale any more, and what refers to it stays."
    extension: ClassVar = {
        "referred_to_by": {
            "type": "array",
            "items": {"type": "string"},
            "examples": [["order lines", "stock movements"]],
        }
    }

    @classmethod
    def by(cls, names: Sequence[str]) -> "VariantInUse":
        """Return the refusal that says what refers to it."""
        detail = f"There are {' and '.join(names)} of this variant. Deactivate it instead."
        return cls(detail, referred_to_by=list(names))


@unit_of_work
def delete_variant(*, variant: ProductVariant) -> None:
    """Forget a variant with its prices, if nothing ever referred to it.

    Call with the row of its product locked. Its stock row is locked first, as by an order that
    is being placed, then its own, which whoever is about to refer to it waits for.
    Raises VariantInUse.
    """
    _keep_others_away(variant)
    if names := list(references_to(variant)):
        raise VariantInUse.by(names)
    product, sku = variant.product, variant.sku
    variant.stock.levels.all().delete()
    variant.stock.delete()
    variant.delete()
    complete(product)
    events.record(
        "product.changed",
        subject=f"product:{product.pk}",
        payload={"changed": [f"variants/{sku}/deleted"]},
    )


def _keep_others_away(variant: ProductVariant) -> None:
    """Let nobody book it, and no row come to refer to it, until the commit."""
    Stock.objects.lock([variant.pk])
    rows = ProductVariant.objects.select_for_update(no_key=False, of=("self",))
    rows.get(pk=variant.pk)


def references_to(variant: ProductVariant) -> Iterator[str]:
    """Yield what keeps a variant from being deleted, in words; one query for each kind.

    What belongs to it, such as its prices and its empty stock, goes with it.
    """
    for model, column in _referring():
        if model._default_manager.filter(**{column: variant.pk}).exists():  # noqa: SLF001
            yield str(model._meta.verbose_name_plural)  # noqa: SLF001 (Django's own names)


def _referring() -> Iterator[tuple[type[Model], str]]:
    """Yield the tables of other apps with their columns, and those of our own that stay."""
    # Those too that have no name in this direction: a cart's lines, for example.
    for relation in ProductVariant._meta.get_fields(include_hidden=True):  # noqa: SLF001
        if isinstance(relation, ForeignObjectRel):
            model: type[Model] = relation.related_model
            if model._meta.app_label != "catalog":  # noqa: SLF001
                yield model, relation.field.name
    yield StockMovement, "stock"
    yield BackInStockRequest, "variant"
