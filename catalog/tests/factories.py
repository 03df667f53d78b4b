from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from catalog.models import (
    Attribute,
    Brand,
    Category,
    Collection,
    CollectionProduct,
    Price,
    PriceList,
    PriceListEntry,
    Product,
    ProductVariant,
    Stock,
    Warehouse,
)
from catalog.services import stock as stock_service
from catalog.services.attributes.definitions import load
from catalog.services.attributes.editing import NewChoice, add_attribute
from catalog.services.attributes.reading import Value, read
from catalog.services.attributes.values import write_values


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


class CollectionFactory(DjangoModelFactory[Collection]):
    """A published collection; `products` are in it, in their order."""

    class Meta:
        model = Collection
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Collection {n}")
    slug = factory.Sequence(lambda n: f"collection-{n}")
    status = Collection.Status.PUBLISHED

    @factory.post_generation
    def products(self, create, extracted, **kwargs):  # type: ignore[no-untyped-def]
        CollectionProduct.objects.bulk_create(
            CollectionProduct(collection_id=self.pk, product=product, position=position)
            for position, product in enumerate(extracted or [])
        )


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

    `price=None` makes one without a price. The first of a product says what the others differ in.
    """

    class Meta:
        model = ProductVariant

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n:05}")
    serial = factory.Sequence(str)

    @classmethod
    def _create(  # type: ignore[no-untyped-def]
        cls, model_class, *args, serial, price="10.00", currency="USD", on_hand=10, **fields
    ):
        product = fields["product"]
        if "options" not in fields:
            is_first = not product.variants.exists()
            names = product.options or (["Serial"] if is_first else [])
            fields["options"] = dict.fromkeys(names, serial)
        if product.options != list(fields["options"]) and not product.variants.exists():
            product.options = list(fields["options"])
            Product.objects.filter(pk=product.pk).update(options=product.options)
        variant = model_class.objects.create(*args, **fields)
        if price is not None:
            Price.objects.create(variant=variant, currency=currency, amount=Decimal(price))
        Stock.objects.create(variant=variant)
        if on_hand:
            stock_service.receive({variant.pk: on_hand}, reference="factory")
        return variant


class AttributeFactory(DjangoModelFactory[Attribute]):
    """A choice of "Red" and "Blue" unless `type` and `choices` say else; `choices` are labels."""

    class Meta:
        model = Attribute

    name = factory.Sequence(lambda n: f"Attribute {n}")
    type = "choice"

    @classmethod
    def _create(cls, model_class, *args, choices=None, **fields):  # type: ignore[no-untyped-def]  # noqa: ARG003
        labels = choices if choices is not None else ["Red", "Blue"]
        kind = fields["type"]
        offered = [_choice(label, kind) for label in labels if kind in ("choice", "color")]
        return add_attribute(**fields, choices=offered)


def _choice(label: str, kind: str) -> NewChoice:
    if kind == "choice":
        return {"label": label}
    return {"label": label, "color": "#" + (label.encode().hex().upper() + "000000")[:6]}


def say(said: Mapping[Product, Mapping[Attribute, Any]]) -> None:
    """Let products have these values, of choices their codes, and no others."""
    definitions = load()
    values: dict[int, dict[int, Value]] = {}
    for product, of_product in said.items():
        values[product.pk] = {}
        for attribute, written in of_product.items():
            value = read(definitions.by_id[attribute.pk], written)
            assert value is not None
            values[product.pk][attribute.pk] = value
    write_values(values, definitions=definitions)


class PriceListFactory(DjangoModelFactory[PriceList]):
    """A list that is open to everybody; give `customer_group`, `starts_at` and `ends_at`."""

    class Meta:
        model = PriceList

    name = factory.Sequence(lambda n: f"List {n}")


class ListPriceFactory(DjangoModelFactory[PriceListEntry]):
    """Eight dollars for one unit, unless `amount`, `currency` and `min_quantity` say else."""

    class Meta:
        model = PriceListEntry

    price_list = factory.SubFactory(PriceListFactory)
    variant = factory.SubFactory(VariantFactory)
    currency = "USD"
    amount = Decimal(8)
