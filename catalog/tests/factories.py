from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from catalog.models import (
    Brand,
    Category,
    Price,
    Product,
    ProductVariant,
    Stock,
    Warehouse,
)
from catalog.services import stock as stock_service


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Brand {n}")
    slug = factory.Sequence(lambda n: f"brand-{n}")


class CategoryFactory(DjangoModelFactory[Category]):
    """A root of the tree; give `parent` for a branch."""

    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")
    slug = factory.Sequence(lambda n: f"category-{n}")

    @classmethod
    def _create(cls, model_class, *args, parent=None, **fields):  # type: ignore[no-untyped-def]
        node = model_class(*args, **fields)
        if parent is None:
            return model_class.objects.add_root(instance=node)
        parent.refresh_from_db()
        return model_class.objects.add_child(parent, instance=node)


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.Sequence(lambda n: f"product-{n}")
    search_text = factory.LazyAttribute(lambda product: product.name.casefold())
    status = Product.Status.PUBLISHED


class WarehouseFactory(DjangoModelFactory[Warehouse]):
    """One more warehouse, which sends what the default one does not have."""

    class Meta:
        model = Warehouse

    code = factory.Sequence(lambda n: f"depot-{n}")
    name = factory.Sequence(lambda n: f"Depot {n}")
    country = "DE"
    priority = 200


class VariantFactory(DjangoModelFactory[ProductVariant]):
    """A variant for sale: ten dollars, ten on hand, unless `price`, `currency`, `on_hand` say else.

    `price=None` makes one without a price.
    """

    class Meta:
        model = ProductVariant

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n:05}")
    options = factory.Sequence(lambda n: {"Serial": str(n)})

    @classmethod
    def _create(  # type: ignore[no-untyped-def]
        cls, model_class, *args, price="10.00", currency="USD", on_hand=10, **fields
    ):
        variant = model_class.objects.create(*args, **fields)
        if price is not None:
            Price.objects.create(variant=variant, currency=currency, amount=Decimal(price))
        Stock.objects.create(variant=variant)
        if on_hand:
            stock_service.receive({variant.pk: on_hand}, reference="factory")
        return variant
