from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Price, Product, ProductVariant, Stock
from catalog.services.bulk_changes import set_status
from catalog.services.prices import PriceInvalid, set_price
from catalog.services.products import (
    SkuTaken,
    VariantExists,
    VariantOptionsMismatch,
    add_variant,
    create_product,
)
from catalog.tests.factories import BrandFactory, VariantFactory

pytestmark = pytest.mark.django_db
USD = {"USD": Decimal("10")}


def test_a_product_is_created_with_what_search_needs() -> None:
    product = create_product(
        name="Arc Lamp",
        brand=BrandFactory.create(name="Lindholm"),
        options=["Colour"],
        attributes={"Height": "45 cm"},
    )
    variant = add_variant(
        product=product,
        sku="ARC-BLK",
        barcode="4006",
        options={"Colour": "Black"},
        prices={"USD": Decimal("79.00"), "JPY": Decimal("12000")},
        compare_at={"USD": Decimal("99.00")},
    )

    product.refresh_from_db()
    assert (product.slug, product.status) == ("arc-lamp", Product.Status.DRAFT)
    assert product.search_text == "arc lamp\nlindholm\narc-blk\n4006"
    prices = variant.prices.order_by("currency").values_list("currency", "amount", "compare_at")
    assert list(prices) == [
        ("JPY", Decimal("12000"), None),
        ("USD", Decimal("79"), Decimal("99")),
    ]
    assert (variant.stock.on_hand, variant.stock.allocated) == (0, 0)


def test_products_of_one_name_have_addresses_of_their_own() -> None:
    first, second = create_product(name="Lamp"), create_product(name="Lamp")

    assert first.slug == "lamp"
    assert second.slug.startswith("lamp-")


@pytest.mark.parametrize(
    "options", [{}, {"Colour": "Red"}, {"Colour": "Red", "Size": "L", "Mood": "Good"}]
)
def test_a_variant_names_exactly_the_options_of_its_product(options: dict[str, str]) -> None:
    product = create_product(name="Shirt", options=["Colour", "Size"])

    with pytest.raises(VariantOptionsMismatch):
        add_variant(product=product, sku="S-1", options=options, prices=USD)

    assert not ProductVariant.objects.exists()


def test_a_sku_is_used_once() -> None:
    taken = VariantFactory.create(sku="S-1")

    with pytest.raises(SkuTaken):
        add_variant(product=create_product(name="Shirt"), sku="S-1", prices=USD)

    assert ProductVariant.objects.get() == taken


def test_two_variants_differ() -> None:
    product = create_product(name="Shirt", options=["Size"])
    add_variant(product=product, sku="S-1", options={"Size": "L"}, prices=USD)

    with pytest.raises(VariantExists) as refusal:
        add_variant(product=product, sku="S-2", options={"Size": "L"}, prices=USD)

    assert refusal.value.extra == {"sku": "S-1"}
    assert Stock.objects.count() == 1


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ({"currency": "ZZZ", "amount": Decimal("1")}, "ZZZ is not a currency code of ISO 4217."),
        ({"currency": "USD", "amount": Decimal("1.005")}, "1.005 cannot be paid in USD."),
        ({"currency": "JPY", "amount": Decimal("1.5")}, "1.5 cannot be paid in JPY."),
        ({"currency": "USD", "amount": Decimal("-1")}, "-1 cannot be paid in USD."),
        ({"currency": "USD", "amount": Decimal("NaN")}, "NaN cannot be paid in USD."),
        ({"currency": "USD", "amount": Decimal("1e9")}, "1E+9 cannot be paid in USD."),
        (
            {"currency": "USD", "amount": Decimal("2"), "compare_at": Decimal("2")},
            "The former price must be higher than the price.",
        ),
    ],
)
def test_a_price_that_cannot_be_asked_for_is_refused(price: dict[str, Any], reason: str) -> None:
    variant = VariantFactory.create(price=None)

    with pytest.raises(PriceInvalid) as refusal:
        set_price(variant=variant, **price)

    assert str(refusal.value) == reason
    assert not Price.objects.exists()


def test_a_new_price_takes_the_place_of_the_old() -> None:
    variant = VariantFactory.create(price="10.00")

    set_price(variant=variant, currency="USD", amount=Decimal("8"), compare_at=Decimal("10"))
    set_price(variant=variant, currency="KWD", amount=Decimal("2.125"))

    prices = variant.prices.order_by("currency").values_list("currency", "amount", "compare_at")
    assert list(prices) == [
        ("KWD", Decimal("2.125"), None),
        ("USD", Decimal("8"), Decimal("10")),
    ]


def test_products_are_published_together() -> None:
    draft, published = create_product(name="A"), create_product(name="B")
    set_status([published.pk], status=Product.Status.PUBLISHED)

    changed = set_status([draft.pk, published.pk], status=Product.Status.PUBLISHED)

    assert changed == [draft.pk]
    assert Product.objects.published().count() == 2
