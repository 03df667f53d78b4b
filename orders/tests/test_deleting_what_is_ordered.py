"""A variant that somebody buys at the moment staff delete it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Product, ProductVariant, Stock, WarehouseStock
from catalog.services import variant_removal
from catalog.services.variant_removal import VariantInUse, delete_variant
from catalog.tests.factories import VariantFactory
from orders.models import OrderLine
from orders.services.placement import place_order
from orders.tests.factories import ADDRESS, filled_cart, quote_token, standard_shipping
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def buy_and_delete() -> list[Any]:
    """Let a guest order the last slip that can be sold ahead while staff delete it."""
    standard_shipping()
    variant = VariantFactory.create(on_hand=0)
    # By hand: nothing about it is in the ledger.
    Stock.objects.update(policy="backorder", backorder_limit=5, backorder_room=5)
    WarehouseStock.objects.create(stock=variant.stock, warehouse_id=1, backorder_limit=5)
    cart = filled_cart({variant: 1})
    token = quote_token(cart, method="standard")

    def act(number: int) -> None:
        if number:
            with transaction.atomic():
                Product.objects.lock(variant.product_id)
                delete_variant(variant=variant)
        else:
            place_order(
                cart_id=cart.pk,
                customer=None,
                email="guest@shop.example",
                shipping_address=ADDRESS,
                billing_address=ADDRESS,
                shipping_method="standard",
                quote=token,
            )

    return race(2, act)


def test_an_order_keeps_what_it_names() -> None:
    for _ in range(3):
        order, removal = buy_and_delete()

        assert order is None
        assert isinstance(removal, VariantInUse)
    assert OrderLine.objects.count() == ProductVariant.objects.count() == 3


def test_without_the_look_the_database_alone_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variant_removal, "references_to", lambda _: iter(()))

    outcomes = buy_and_delete()

    assert any(isinstance(outcome, IntegrityError | Stock.DoesNotExist) for outcome in outcomes)
    assert not any(isinstance(outcome, VariantInUse) for outcome in outcomes)
