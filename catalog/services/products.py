"""Putting products into the catalogue."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Prefetch, Q

from catalog.models import Brand, Category, Product, ProductVariant, Stock
from catalog.models.products import DIMENSIONS
from catalog.services.attributes.definitions import Definitions, load
from catalog.services.attributes.sorting import Held, sorted_for_staff
from catalog.services.attributes.values import write_values
from catalog.services.prices import add_prices
from catalog.services.search_text import search_text_of
from catalog.services.slugs import require_free_slug, slug_choices, slug_for
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work

_SKU: Final = {"sku": {"type": "string", "maxLength": 64, "examples": ["MUG-HARBOUR-OAT"]}}


class SkuTaken(DomainError):
    code = "sku_taken"
    message = "There is a variant with this SKU already."
    advice = "Choose another SKU."
    extension = _SKU


class VariantExists(DomainError):
    code = "variant_exists"
    message = "The product has a variant with these options already."
    advice = "Change the variant that is there."
    extension = _SKU


class VariantOptionsMismatch(DomainError):
    code = "variant_options_mismatch"
    message = "A variant says what it is of each option of its product, and of nothing else."
    http_status = 400
    advice = "Name each option of the product, and no other."


class VariantHalfMeasured(DomainError):
    code = "variant_half_measured"
    message = "A parcel has a length, a width and a height."
    http_status = 400
    advice = "Give all three of them in millimetres, or null for all three."


class WindowInvalid(DomainError):
    code = "publish_window_invalid"
    message = "It cannot cease to be shown before it is shown."
    http_status = 400
    advice = "Let `publish_until` be later than `publish_from`."


@unit_of_work
def create_product(  # noqa: PLR0913 - one argument for each column
    *,
    name: str,
    slug: str | None = None,
    description: str = "",
    brand: Brand | None = None,
    category: Category | None = None,
    status: str = Product.Status.DRAFT,
    options: Sequence[str] = (),
    attributes: Mapping[str, Any] | None = None,
    **more: Any,
) -> Product:
    """Create a product without variants. `options` names what its variants will differ in.

    `more` are columns that few products have: its window, and what search engines are told.
    `attributes` are values by the codes of attributes, and other facts by name.
    Raises SlugTaken, WindowInvalid and Invalid.
    """
    require_window(more.get("publish_from"), more.get("publish_until"))
    definitions = load() if attributes else Definitions([])
    written = sorted_for_staff(
        attributes or {}, definitions=definitions, held=Held(), category=category
    )
    product = Product(
        **more,
        name=name,
        slug=slug or _free_slug(name),
        description=description,
        brand=brand,
        category=category,
        status=status,
        options=list(options),
        attributes=written.facts,
    )
    require_free_slug(product)
    product.save()
    if written.values:
        write_values({product.pk: written.values}, definitions=definitions)
    refresh_search_text(product)
    return product


@unit_of_work
def add_variant(
    *,
    product: Product,
    sku: str,
    prices: Mapping[str, Decimal],
    compare_at: Mapping[str, Decimal] | None = None,
    options: Mapping[str, str] | None = None,
    barcode: str = "",
    position: int = 0,
) -> ProductVariant:
    """Add a form in which a product can be bought, with its prices by currency and no stock yet.

    Raises SkuTaken, VariantExists, VariantOptionsMismatch and PriceInvalid.
    """
    product = Product.objects.lock(product.pk)
    chosen = dict(options or {})
    check_options(product=product, options=chosen)
    _refuse_twins(product, sku, chosen)
    variant = ProductVariant.objects.create(
        product=product, sku=sku, barcode=barcode, options=chosen, position=position
    )
    add_prices(variant=variant, amounts=prices, compare_at=compare_at or {})
    complete(product)
    return variant


def check_options(*, product: Product, options: Mapping[str, Any]) -> None:
    """Refuse a variant that leaves open, or adds to, what variants of its product differ in.

    Raises VariantOptionsMismatch.
    """
    if options.keys() != set(product.options):
        names = ", ".join(product.options) or "no option"
        raise VariantOptionsMismatch(f"A variant of this product names {names}, exactly.")


def check_measures(measures: Mapping[str, int | None]) -> None:
    """Refuse a parcel of which one side is not known.

    Raises VariantHalfMeasured.
    """
    if len({measures.get(side) is None for side in DIMENSIONS}) > 1:
        raise VariantHalfMeasured


@unit_of_work
def complete(product: Product) -> None:
    """Derive what follows from a product and its variants after they were written.

    That is a stock row for each variant, and the text that search looks through.
    """
    without_stock = ProductVariant.objects.filter(product=product, stock=None)
    Stock.objects.bulk_create(
        [Stock(variant=variant) for variant in without_stock], ignore_conflicts=True
    )
    refresh_search_text(product)


def require_window(opens: datetime | None, closes: datetime | None) -> None:
    """Raise WindowInvalid when it would close before it opens."""
    if opens is not None and closes is not None and closes <= opens:
        raise WindowInvalid(
            faults=[
                {
                    "pointer": "/publish_until",
                    "code": WindowInvalid.code,
                    "detail": WindowInvalid.message,
                }
            ]
        )


def refresh_search_text(product: Product) -> None:
    """Write anew what search looks through for a product."""
    product.search_text = _search_text(product, product.variants.order_by("position", "pk"))
    product.save(update_fields=["search_text", "updated_at"])


@unit_of_work
def refresh_brand(brand: Brand) -> None:
    """Write anew what search looks through for the products of a brand that changed its name."""
    by_position = ProductVariant.objects.order_by("position", "pk")
    products = (
        Product.objects.filter(brand=brand)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
        .prefetch_related(Prefetch("variants", by_position))
    )
    changed = list(products)
    for product in changed:
        product.brand = brand
        product.search_text = _search_text(product, product.variants.all())
    Product.objects.bulk_update(changed, ["search_text"], batch_size=500)


def _search_text(product: Product, variants: Iterable[ProductVariant]) -> str:
    sold_as = list(variants)
    return search_text_of(
        name=product.name,
        brand=product.brand.name if product.brand else "",
        skus=[variant.sku for variant in sold_as],
        barcodes=[variant.barcode for variant in sold_as],
    )


def _free_slug(name: str) -> str:
    fallback = secrets.token_hex(4)
    choices = slug_choices(name, fallback=fallback)
    taken = set(Product.objects.filter(slug__in=choices).values_list("slug", flat=True))
    return slug_for(name, fallback=fallback, taken=taken)


def _refuse_twins(product: Product, sku: str, options: Mapping[str, str]) -> None:
    twin = ProductVariant.objects.filter(
        Q(sku=sku) | Q(product=product, options=dict(options))
    ).first()
    if twin is not None:
        raise SkuTaken(sku=sku) if twin.sku == sku else VariantExists(sku=twin.sku)
