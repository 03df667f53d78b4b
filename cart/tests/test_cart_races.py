"""Each lock has a control: the same race without it must break what the lock keeps."""

from collections.abc import Collection
from threading import Barrier

import pytest
from django.db import connection, transaction

from cart import selectors
from cart.models import Cart, CartLine, CartQuerySet
from cart.services import carts
from cart.services.lines import add_line
from cart.services.merging import merge, merge_after_sign_in
from cart.tests.conftest import GUEST_TOKEN
from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import ProductVariant
from catalog.tests.factories import VariantFactory
from users.models import User
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mug() -> ProductVariant:
    return VariantFactory.create(sku="MUG")


@pytest.fixture
def cart(customer: User, mug: ProductVariant) -> Cart:
    cart = CartFactory.create(customer=customer)
    CartLineFactory.create(cart=cart, variant=mug)
    return cart


def add_as(customer: User) -> None:
    add_line(user=customer, token=None, sku="MUG", quantity=1)


def read_without_lock(monkeypatch: pytest.MonkeyPatch, cart: Cart) -> None:
    """Let two callers read the cart and its lines before either of them writes."""
    both_have_read = Barrier(2, timeout=10)

    def read_all(cart_ids: Collection[int]) -> dict[int, Cart]:
        found = Cart.objects.prefetch_related("lines").in_bulk(cart_ids)
        both_have_read.wait()
        return found

    def read(_: CartQuerySet, cart_id: int) -> Cart:
        return read_all([cart_id])[cart_id]

    monkeypatch.setattr(CartQuerySet, "lock", read)
    monkeypatch.setattr(carts, "lock_all", read_all)


def test_parallel_adds_of_one_customer_add_up(customer: User, cart: Cart) -> None:
    assert race(5, lambda _: add_as(customer)) == [None] * 5

    assert cart.lines.get().quantity == 6
    cart.refresh_from_db()
    assert cart.version == 6


def test_control_without_the_lock_an_add_is_lost(
    customer: User, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_without_lock(monkeypatch, cart)

    assert race(2, lambda _: add_as(customer)) == [None] * 2

    assert cart.lines.get().quantity == 2
    cart.refresh_from_db()
    assert cart.version == 2


def test_an_add_during_a_merge_is_not_lost(customer: User, cart: Cart, mug: ProductVariant) -> None:
    CartLineFactory.create(cart=GuestCartFactory.create(token=GUEST_TOKEN), variant=mug)

    assert race(2, lambda turn: merge_or_add(turn, customer)) == [None] * 2

    assert cart.lines.get().quantity == 3


def test_control_without_the_lock_a_merge_overwrites_an_add(
    customer: User, cart: Cart, mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    CartLineFactory.create(cart=GuestCartFactory.create(token=GUEST_TOKEN), variant=mug)
    read_without_lock(monkeypatch, cart)

    assert race(2, lambda turn: merge_or_add(turn, customer)) == [None] * 2

    assert cart.lines.get().quantity == 2


def merge_or_add(turn: int, customer: User) -> None:
    if turn:
        add_as(customer)
    else:
        merge(cart_token=GUEST_TOKEN, user=customer)


def test_what_a_guest_adds_during_a_merge_is_in_one_cart_or_the_other(
    customer: User, cart: Cart, mug: ProductVariant
) -> None:
    CartLineFactory.create(cart=GuestCartFactory.create(token=GUEST_TOKEN), variant=mug)

    def act(turn: int) -> None:
        if turn:
            add_line(user=None, token=GUEST_TOKEN, sku="MUG", quantity=1)
        else:
            merge(cart_token=GUEST_TOKEN, user=customer)

    assert race(2, act) == [None] * 2

    assert sum(CartLine.objects.values_list("quantity", flat=True)) == 3


def test_a_guests_cart_is_merged_once(customer: User, mug: ProductVariant) -> None:
    CartLineFactory.create(cart=GuestCartFactory.create(token=GUEST_TOKEN), variant=mug)

    race(4, lambda _: merge_after_sign_in(user=customer, cart_token=GUEST_TOKEN))

    assert CartLine.objects.get().quantity == 1
    assert Cart.objects.get().customer == customer


def test_parallel_first_adds_of_one_customer_make_one_cart(
    customer: User, mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_has_one = Barrier(3, timeout=10)
    look = selectors.find_cart

    def look_together(*, user: User | None, token: str | None) -> Cart | None:
        found = look(user=user, token=token)
        nobody_has_one.wait()
        return found

    monkeypatch.setattr(carts, "find_cart", look_together)

    assert race(3, lambda _: add_as(customer)) == [None] * 3

    assert Cart.objects.get().version == 3
    assert CartLine.objects.get().quantity == 3


def test_a_cart_that_is_gone_when_its_turn_comes_is_replaced_by_a_new_one(
    mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = CartLineFactory.create(cart=GuestCartFactory.create(token=GUEST_TOKEN)).cart
    look = selectors.find_cart

    def look_too_early(*, user: User | None, token: str | None) -> Cart | None:
        found = look(user=user, token=token)
        Cart.objects.all().delete()
        return found

    monkeypatch.setattr(carts, "find_cart", look_too_early)

    opened = add_line(user=None, token=GUEST_TOKEN, sku="MUG", quantity=1)

    assert opened.token is not None
    assert opened.cart != gone
    assert CartLine.objects.get().variant == mug


def test_a_cart_that_is_busy_does_not_keep_its_guest_from_signing_in(customer: User) -> None:
    line = CartLineFactory.create(cart=GuestCartFactory.create(token=GUEST_TOKEN))

    def sign_in() -> bool:
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL lock_timeout = '100ms'")
            merge_after_sign_in(user=customer, cart_token=GUEST_TOKEN)
            return User.objects.filter(pk=customer.pk).exists()

    with transaction.atomic():
        Cart.objects.lock(line.cart_id)
        assert race(1, lambda _: sign_in()) == [True]

    assert list(CartLine.objects.all()) == [line]
    assert Cart.objects.get().version == 1
