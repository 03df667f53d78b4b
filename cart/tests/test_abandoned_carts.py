from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from cart.models import Cart
from cart.services import carts
from cart.tasks import discard_abandoned_carts
from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from users.tests.races import race


def grow_old(cart: Cart, settings: Settings) -> Cart:
    age = timedelta(seconds=settings.GUEST_CART_LIFETIME_SECONDS + 60)
    Cart.objects.filter(pk=cart.pk).update(updated_at=timezone.now() - age)
    return cart


@pytest.mark.django_db
def test_old_guest_carts_go_in_batches_and_all_others_stay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carts, "BATCH_SIZE", 2)
    for _ in range(5):
        CartLineFactory.create(cart=grow_old(GuestCartFactory.create(), settings))
    staying = [grow_old(CartFactory.create(), settings), GuestCartFactory.create()]

    assert carts.discard_abandoned() == 5
    assert list(Cart.objects.order_by("pk")) == staying


@pytest.mark.django_db
def test_the_nightly_job_discards_abandoned_carts(settings: Settings) -> None:
    grow_old(GuestCartFactory.create(), settings)

    discard_abandoned_carts(timestamp=0)

    assert not Cart.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_cart_in_use_is_passed_over(settings: Settings) -> None:
    cart = grow_old(GuestCartFactory.create(), settings)

    with transaction.atomic():
        Cart.objects.lock(cart.pk)
        assert race(1, lambda _: carts.discard_abandoned()) == [0]

    assert Cart.objects.get() == cart
    assert connection.in_atomic_block is False
