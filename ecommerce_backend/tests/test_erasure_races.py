"""Somebody is erased while a request of theirs is under way: it comes wholly before or after."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection

from catalog.tests.factories import ProductFactory, VariantFactory
from orders.models import Order
from orders.services.placement import place_order
from orders.tests.factories import ADDRESS, filled_cart, quote_token, standard_shipping
from reviews.models import Review
from reviews.services import writing
from reviews.services.writing import write_review
from users.models import Address, LoginSession, RefreshToken, User
from users.services import addresses, sessions
from users.services.accounts import AccountClosed, change_profile
from users.services.addresses import add_address
from users.services.erasure import AccountInUse, erase_account
from users.services.passwords import change_password
from users.services.sessions import InvalidCredentials, TokenInvalid
from users.tests.factories import PASSWORD, UserFactory
from users.tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("erasure")]
ROUNDS = 8
BOOKED = {
    "full_name": "Ada Customer",
    "line1": "1 Analytical Row",
    "city": "London",
    "country": "GB",
}


@pytest.fixture(autouse=True)
def _empty_queue() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def ready_to_order(customer: User) -> Callable[[], Order]:
    standard_shipping()
    cart = filled_cart({VariantFactory.create(): 1}, customer=customer)
    quote = quote_token(cart, method="standard")

    def act() -> Order:
        return place_order(
            cart_id=cart.pk,
            customer=customer,
            email=customer.email,
            shipping_address=ADDRESS,
            billing_address=ADDRESS,
            shipping_method="standard",
            quote=quote,
        )

    return act


def erase(customer: User) -> None:
    erase_account(user=customer, because="asked for by its owner")


def test_an_order_is_placed_or_its_customer_erased_never_both() -> None:
    for _ in range(ROUNDS):
        customer = UserFactory.create()
        act = ready_to_order(customer)

        placed, erased = race(2, lambda number: erase(customer) if number else act())  # noqa: B023

        if isinstance(placed, Order):
            assert isinstance(erased, AccountInUse)
        else:
            assert (type(placed).__name__, erased) in {
                ("AccountClosed", None),
                ("CartEmpty", None),
            }
        is_known = User.objects.get(pk=customer.pk).is_active
        assert is_known == Order.objects.filter(customer=customer).exists()


def test_without_the_lock_a_review_would_come_from_an_erased_author(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    author, product = UserFactory.create(), ProductFactory.create()

    def look_and_be_overtaken(user: User) -> User:
        found = User.objects.get(pk=user.pk, is_active=True)
        race(1, lambda _: erase(author))
        return found

    monkeypatch.setattr(writing, "lock_account", look_and_be_overtaken)

    write_review(product=product, author=author, rating=5)

    assert not Review.objects.get().author.is_active


def test_without_the_lock_an_address_would_outlive_its_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = UserFactory.create()

    def look_and_be_overtaken(user: User) -> User:
        found = User.objects.get(pk=user.pk, is_active=True)
        race(1, lambda _: erase(customer))
        return found

    monkeypatch.setattr(addresses, "lock_account", look_and_be_overtaken)

    add_address(user=customer, **BOOKED)

    assert Address.objects.get().user == customer


@pytest.mark.parametrize("what", ["review", "address", "name", "sign-in", "refresh", "password"])
def test_what_comes_at_the_same_moment_leaves_nothing(what: str) -> None:
    for _ in range(ROUNDS):
        customer = UserFactory.create()
        product = ProductFactory.create()
        pair = sessions.open_session(user=customer, address="203.0.113.7", user_agent="Firefox")
        session = LoginSession.objects.get(user=customer)
        acts: dict[str, Callable[[], object]] = {
            "review": partial(write_review, product=product, author=customer, rating=5),
            "address": partial(add_address, user=customer, **BOOKED),
            "name": partial(change_profile, user=customer, first_name="Grace"),
            "sign-in": partial(
                sessions.open_session, user=customer, address="203.0.113.8", user_agent="Firefox"
            ),
            "refresh": partial(sessions.refresh, raw=pair.refresh),
            "password": partial(
                change_password,
                user=customer,
                current_password=PASSWORD,
                new_password="staple and a lighthouse",
                session=session,
            ),
        }

        act = acts[what]
        done, erased = race(2, lambda number: erase(customer) if number else act())  # noqa: B023

        assert erased is None
        assert not isinstance(done, Exception) or isinstance(
            done, AccountClosed | InvalidCredentials | TokenInvalid
        ), repr(done)
        nobody = User.objects.get(pk=customer.pk)
        assert (nobody.is_active, nobody.first_name, nobody.has_usable_password()) == (
            False,
            "",
            False,
        )
        assert not Address.objects.filter(user=customer).exists()
        assert not LoginSession.objects.filter(user=customer).exists()
        assert not RefreshToken.objects.filter(session__user=customer).exists()
        assert isinstance(done, Exception) or what != "review" or customer.reviews.exists()


def test_two_superusers_do_not_erase_each_other_away() -> None:
    for _ in range(ROUNDS):
        User.objects.filter(is_superuser=True).update(is_superuser=False)
        two = [UserFactory.create(is_staff=True, is_superuser=True) for _ in range(2)]

        outcomes = race(2, lambda number: erase(two[number]))  # noqa: B023

        assert sorted(type(outcome).__name__ for outcome in outcomes) == [
            "LastSuperuser",
            "NoneType",
        ]
        assert User.objects.filter(is_superuser=True, is_active=True).count() == 1
