from collections.abc import Iterator
from threading import Event as Signal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from cart.models import CartLine
from cart.tests.factories import CartLineFactory
from catalog.models import Price, Product, ProductVariant, Stock, StockMovement, WarehouseStock
from catalog.services import back_in_stock, stock, variant_removal
from catalog.services.variant_removal import VariantInUse, delete_variant, references_to
from catalog.tests.factories import ProductFactory, VariantFactory
from ecommerce_backend.common.models import Event
from orders.tests.factories import OrderLineFactory
from users.models import User
from users.tests.factories import UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def slip() -> ProductVariant:
    """Return a variant with a price that nobody stocked or wanted."""
    product = ProductFactory.create(slug="mug", options=["Colour"])
    variant: ProductVariant = VariantFactory.create(
        product=product, sku="SLIP", options={"Colour": "Sky"}, on_hand=0
    )
    return variant


def url(variant: ProductVariant) -> str:
    return f"/api/v1/staff/products/{variant.product_id}/variants/{variant.pk}/"


def test_a_slip_goes_with_its_prices_and_its_empty_stock(
    manager_client: APIClient, slip: ProductVariant, stock_keeper: User
) -> None:
    kept = VariantFactory.create(product=slip.product, sku="KEPT", options={"Colour": "Oat"})
    stock.set_safety_stock(
        variant=slip, warehouse=WarehouseStock.objects.get().warehouse, units=2, actor=stock_keeper
    )

    response = manager_client.delete(url(slip))

    assert response.status_code == 204
    assert list(ProductVariant.objects.all()) == [kept]
    assert [price.variant for price in Price.objects.all()] == [kept]
    assert [row.variant for row in Stock.objects.all()] == [kept]
    assert Product.objects.get().search_text.endswith("\nkept")
    assert Event.objects.get(type="product.changed").payload == {
        "changed": ["variants/SLIP/deleted"]
    }
    assert manager_client.delete(url(slip)).status_code == 404


def test_a_product_whose_variants_were_slips_can_be_deleted(
    manager_client: APIClient, slip: ProductVariant
) -> None:
    manager_client.delete(url(slip))

    response = manager_client.delete(f"/api/v1/staff/products/{slip.product_id}/")

    assert response.status_code == 204
    assert not Product.objects.exists()


def in_a_cart(variant: ProductVariant) -> None:
    CartLineFactory.create(variant=variant)


def ordered(variant: ProductVariant) -> None:
    stock.receive({variant.pk: 1}, reference="A")
    OrderLineFactory.create(variant=variant)


def stocked(variant: ProductVariant) -> None:
    stock.receive({variant.pk: 1}, reference="A")
    stock.allocate({variant.pk: 1}, reference="B")
    stock.ship({variant.pk: 1}, reference="B")


def wanted(variant: ProductVariant) -> None:
    back_in_stock.ask(customer=UserFactory.create(), sku=variant.sku)


@pytest.mark.parametrize(
    ("refer", "names"),
    [
        (in_a_cart, ["cart lines"]),
        (ordered, ["order lines", "stock movements"]),
        (stocked, ["stock movements"]),
        (wanted, ["back in stock requests"]),
    ],
)
def test_what_is_referred_to_is_kept_and_says_why(
    manager_client: APIClient, slip: ProductVariant, refer: Any, names: list[str]
) -> None:
    refer(slip)

    response = manager_client.delete(url(slip))

    assert response.status_code == 409
    assert response.json()["code"] == "variant_in_use"
    assert response.json()["referred_to_by"] == names
    assert response.json()["detail"] == (
        f"There are {' and '.join(names)} of this variant. Deactivate it instead."
    )
    assert ProductVariant.objects.get() == slip
    assert Price.objects.count() == 1


def test_it_is_deleted_only_as_it_was_seen(manager_client: APIClient, slip: ProductVariant) -> None:
    seen = manager_client.get(url(slip))["ETag"]
    ProductVariant.objects.update(barcode="5012345678900")

    assert manager_client.delete(url(slip), headers={"If-Match": seen}).status_code == 412
    assert ProductVariant.objects.exists()


def test_being_staff_deletes_no_variant(clerk_client: APIClient, slip: ProductVariant) -> None:
    assert clerk_client.delete(url(slip)).status_code == 403


def test_the_admin_deletes_a_slip_and_says_what_is_in_the_way(
    admin: Client, slip: ProductVariant
) -> None:
    page = f"/admin/catalog/productvariant/{slip.pk}/delete/"
    in_a_cart(slip)
    for refused in (admin.get(page, follow=True), admin.post(page, {"post": "yes"}, follow=True)):
        assert "There are cart lines of this variant. Deactivate it instead." in (
            refused.content.decode()
        )
        assert refused.redirect_chain == [(f"/admin/catalog/productvariant/{slip.pk}/change/", 302)]
    assert ProductVariant.objects.count() == 1
    CartLine.objects.all().delete()

    assert "Its prices" in admin.get(page).content.decode()
    assert admin.post(page, {"post": "yes"}).status_code == 302
    assert not ProductVariant.objects.exists()
    assert "delete_selected" not in admin.get("/admin/catalog/productvariant/").content.decode()


def test_the_admin_says_so_when_somebody_was_faster(
    admin: Client, slip: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_cart(slip)
    monkeypatch.setattr("catalog.admin.variants.references_to", lambda _: iter(()))

    response = admin.post(
        f"/admin/catalog/productvariant/{slip.pk}/delete/", {"post": "yes"}, follow=True
    )

    assert "There are cart lines of this variant. Deactivate it instead." in (
        response.content.decode()
    )
    assert ProductVariant.objects.exists()


def remove(variant: ProductVariant) -> None:
    with transaction.atomic():
        Product.objects.lock(variant.product_id)
        delete_variant(variant=variant)


def race_with_a_delivery(variant: ProductVariant, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let a delivery come in between the look at what refers to a variant and its removal."""
    has_looked, has_come = Signal(), Signal()

    def look_and_linger(variant: ProductVariant) -> Iterator[str]:
        yield from references_to(variant)
        has_looked.set()
        has_come.wait(0.5)

    def act(number: int) -> None:
        if number:
            remove(variant)
        else:
            assert has_looked.wait(10)
            try:
                stock.receive({variant.pk: 1}, reference="A")
            finally:
                has_come.set()

    monkeypatch.setattr(variant_removal, "references_to", look_and_linger)
    return race(2, act)


@pytest.mark.django_db(transaction=True)
def test_a_delivery_waits_for_who_deletes(
    slip: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery, removal = race_with_a_delivery(slip, monkeypatch)

    assert (type(delivery), removal) == (Stock.DoesNotExist, None)
    assert not ProductVariant.objects.exists()
    assert not StockMovement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_alone_saves_the_ledger(
    slip: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variant_removal, "_keep_others_away", lambda _: None)

    delivery, removal = race_with_a_delivery(slip, monkeypatch)

    assert delivery is None
    assert isinstance(removal, IntegrityError)
    assert not isinstance(removal, VariantInUse)
