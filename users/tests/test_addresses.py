import re
from threading import Barrier
from typing import Any

import pytest
from babel import Locale
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from users import countries
from users.models import Address, User
from users.services import addresses
from users.tests.factories import AddressFactory, UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db
URL = "/api/v1/users/me/addresses/"
HOME = {
    "full_name": "Ada Customer",
    "line1": "1 Analytical Row",
    "city": "London",
    "postal_code": "N1 9GU",
    "country": "GB",
}


def test_i_add_an_address(
    customer_client: APIClient, customer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):  # two of them a savepoint's ends
        response = customer_client.post(URL, HOME)

    address = Address.objects.get()
    assert response.status_code == 201
    assert response.data == {
        **HOME,
        "id": address.pk,
        "company": "",
        "line2": "",
        "region": "",
        "phone": "",
        "is_default_shipping": False,
        "is_default_billing": False,
    }
    assert address.user == customer


def test_i_see_my_addresses(
    customer_client: APIClient,
    customer: User,
    stranger: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mine = [AddressFactory.create(user=customer) for _ in range(3)]
    theirs = AddressFactory.create(user=stranger)

    with django_assert_num_queries(3):
        response = customer_client.get(URL)

    assert [address["id"] for address in response.data["results"]] == [a.pk for a in mine]
    assert customer_client.get(f"{URL}{mine[0].pk}/").data["id"] == mine[0].pk
    assert customer_client.get(f"{URL}{theirs.pk}/").status_code == 404


def test_put_empties_what_is_left_out(customer_client: APIClient, customer: User) -> None:
    address = AddressFactory.create(user=customer, company="Engines", is_default_billing=True)

    response = customer_client.put(f"{URL}{address.pk}/", {**HOME, "city": "Paris"})

    assert response.status_code == 200
    address.refresh_from_db()
    assert (address.city, address.company, address.is_default_billing) == ("Paris", "", False)


def test_patch_leaves_the_rest_alone(customer_client: APIClient, customer: User) -> None:
    address = AddressFactory.create(user=customer, company="Engines", is_default_billing=True)

    response = customer_client.patch(f"{URL}{address.pk}/", {"city": "Paris"})

    assert response.status_code == 200
    address.refresh_from_db()
    assert (address.city, address.company, address.is_default_billing) == ("Paris", "Engines", True)


def test_i_remove_an_address(customer_client: APIClient, customer: User) -> None:
    address = AddressFactory.create(user=customer)

    assert customer_client.delete(f"{URL}{address.pk}/").status_code == 204
    assert customer_client.delete(f"{URL}{address.pk}/").status_code == 404
    assert not Address.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_addresses_of_others_are_not_there(
    customer_client: APIClient, stranger: User, method: str
) -> None:
    theirs = AddressFactory.create(user=stranger)

    body = None if method == "delete" else {**HOME, "city": "Paris"}

    response = getattr(customer_client, method)(f"{URL}{theirs.pk}/", body)

    assert response.status_code == 404
    assert response.data["code"] == "not_found"
    theirs.refresh_from_db()
    assert theirs.city == "London"


@pytest.mark.parametrize("kind", addresses.DEFAULTS)
def test_a_new_default_takes_over_from_the_one_before(
    customer_client: APIClient, customer: User, stranger: User, kind: str
) -> None:
    before = AddressFactory.create(user=customer, **dict.fromkeys(addresses.DEFAULTS, True))
    theirs = AddressFactory.create(user=stranger, **{kind: True})

    added = customer_client.post(URL, {**HOME, kind: True}).data
    assert set(Address.objects.filter(**{kind: True})) == {
        Address.objects.get(pk=added["id"]),
        theirs,
    }

    customer_client.patch(f"{URL}{before.pk}/", {kind: True})
    assert set(Address.objects.filter(**{kind: True})) == {before, theirs}
    before.refresh_from_db()
    assert before.is_default_shipping
    assert before.is_default_billing


def test_a_country_may_be_written_small(customer_client: APIClient) -> None:
    assert customer_client.post(URL, {**HOME, "country": "de"}).data["country"] == "DE"


@pytest.mark.parametrize("country", ["", "XX", "UK", "EU", "GBR", "G1", "ß", None, 7])
def test_a_country_must_exist(customer_client: APIClient, country: object) -> None:
    response = customer_client.post(URL, {**HOME, "country": country})

    assert response.status_code == 400
    assert [fault["pointer"] for fault in response.data["errors"]] == ["/country"]
    assert not Address.objects.exists()


def test_the_countries_are_those_that_unicode_knows_less_what_iso_did_not_assign() -> None:
    unassigned = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ"
    known = {str(code) for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))}

    assert known - countries.CODES == set(unassigned.split())
    assert known >= countries.CODES


def add_default(user: User) -> Address:
    return addresses.add_address(user=user, **HOME, is_default_shipping=True)


@pytest.mark.django_db(transaction=True)
def test_two_new_defaults_at_once_leave_one() -> None:
    user = UserFactory.create()

    answers = race(8, lambda _: add_default(user))

    assert {type(answer) for answer in answers} == {Address}
    assert Address.objects.count() == 8
    assert Address.objects.filter(is_default_shipping=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_one_of_two_new_defaults_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = UserFactory.create()
    both_made_room = Barrier(2, timeout=10)
    make_room = addresses._hand_over_defaults  # noqa: SLF001

    def make_room_and_wait(owner: User, fields: dict[str, Any]) -> None:
        make_room(owner, fields)
        both_made_room.wait()

    monkeypatch.setattr(addresses, "lock_account", lambda user: user)
    monkeypatch.setattr(addresses, "_hand_over_defaults", make_room_and_wait)

    answers = race(2, lambda _: add_default(user))

    assert sorted(isinstance(answer, IntegrityError) for answer in answers) == [False, True]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_has_no_addresses(api_client: APIClient, method: str) -> None:
    assert getattr(api_client, method)(URL).status_code == 401
