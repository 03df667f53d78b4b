"""Questions that other apps may ask about the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.utils import timezone

from catalog.models import ProductVariant, Stock
from catalog.models.showing import shown_at
from catalog.selectors.pricing import prices_of
from ecommerce_backend.common.errors import DomainError


class VariantNotFound(DomainError):
    code = "variant_not_found"
    message = "There is no such SKU for sale."
    http_status = 404
    advice = "Show the product as not for sale; its page may name other variants."
    extension: ClassVar = {
        "sku": {"type": "string", "maxLength": 64, "examples": ["MUG-HARBOUR-OAT"]}
    }


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What so many units of a variant can be had for right now, in one currency, before tax."""

    variant: ProductVariant  # with its product loaded
    currency: str
    unit_price: Decimal | None  # None: it has no price in this currency
    available: int
    availability: Stock.Availability

    @property
    def is_for_sale(self) -> bool:
        return (
            self.unit_price is not None
            and self.variant.is_active
            and self.variant.product.is_shown_at(timezone.now())
        )


def offers(
    quantities: Mapping[int, int], *, currency: str, customer_id: int | None
) -> dict[int, Offer]:
    """Return the present offer of each variant to a customer, by id, in two queries.

    `quantities` maps variant ids to the units that are wanted; None is a guest.
    """
    variants = ProductVariant.objects.select_related("product", "stock").in_bulk(quantities)
    prices = prices_of(variants, currency=currency, customer_id=customer_id)
    return {
        variant_id: Offer(
            variant=variant,
            currency=currency,
            unit_price=prices[variant_id, currency].unit_price(quantities[variant_id])
            if (variant_id, currency) in prices
            else None,
            available=variant.stock.available,
            availability=variant.stock.availability,
        )
        for variant_id, variant in variants.items()
    }


def variant_for_sale(sku: str) -> ProductVariant:
    """Return an active variant of a published product, product loaded.

    Raises VariantNotFound.
    """
    variant = (
        ProductVariant.objects.select_related("product")
        .filter(shown_at(timezone.now(), of="product__"), sku=sku, is_active=True)
        .first()
    )
    if variant is None:
        raise VariantNotFound(sku=sku)
    return variant


def usual_currency(variant: ProductVariant) -> str | None:
    """Return the store's currency if the variant has a price in it, else another of its own."""
    currencies = set(variant.prices.values_list("currency", flat=True))
    if settings.STORE_CURRENCY in currencies:
        return str(settings.STORE_CURRENCY)
    return min(currencies, default=None)
