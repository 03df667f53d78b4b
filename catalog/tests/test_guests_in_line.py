"""Guests hear once that something is back, after they have confirmed their address."""

import re
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.models import BackInStockRequest, ProductVariant
from catalog.services import back_in_stock, guests_in_line, stock
from catalog.services.guest_links import JOIN_WITHIN, join_link, leave_link
from catalog.services.holdings import held
from catalog.tests.factories import VariantFactory
from ecommerce_backend.env_limits import Rate
from ecommerce_backend.tests.everything_written import places_of
from users.services.erasure import erase_account
from users.tests.factories import UserFactory
from users.tests.jobs import do_jobs
from users.tests.races import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]
URL = "/api/v1/guests/back-in-stock/"
EMAIL = "nora@guests.example"


@pytest.fixture
def empty_queue(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def gone() -> ProductVariant:
    return VariantFactory.create(sku="ARC", on_hand=0, product__name="Arc lamp")


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def links_in(message: mail.EmailMessage) -> dict[str, str]:
    """Return the tokens of a mail's links by the names of their pages."""
    links = re.findall(r"\S+\?token=\S+", str(message.body))
    return {urlsplit(link).path.split("/")[2]: token_of(link) for link in links}


def follow(what: str, token: str) -> Any:
    return APIClient().post(f"{URL}{what}/", {"token": token})


def join(variant: ProductVariant, email: str = EMAIL) -> Any:
    return follow("confirmation", token_of(join_link(email, variant_id=variant.pk)))


def receive(variant: ProductVariant, units: int = 1) -> None:
    stock.receive({variant.pk: units}, reference="delivery")


def test_a_guest_confirms_the_address_and_is_told_once(
    api_client: APIClient, gone: ProductVariant
) -> None:
    asked = api_client.post(URL, {"sku": "ARC", "email": EMAIL})
    do_jobs()
    assert not BackInStockRequest.objects.exists()
    (question,) = mail.outbox
    assert (asked.status_code, question.to) == (202, [EMAIL])
    assert follow("confirmation", links_in(question)["back-in-stock"]).status_code == 204

    receive(gone)
    do_jobs()
    receive(gone)
    do_jobs()

    told = mail.outbox[1:]
    subject = f"Back at Nexus: Arc lamp ({gone.label()})"
    assert [(one.to, one.subject) for one in told] == [([EMAIL], subject)]
    assert set(links_in(told[0])) == {"leave-lines"}


def test_the_address_goes_with_the_mail(gone: ProductVariant) -> None:
    join(gone)
    receive(gone)
    do_jobs()

    assert places_of([EMAIL]) == set()
    assert BackInStockRequest.objects.get().told_at is not None


def test_an_address_nobody_confirmed_is_stored_only_in_the_job_that_writes_to_it(
    api_client: APIClient, gone: ProductVariant
) -> None:
    api_client.post(URL, {"sku": "ARC", "email": EMAIL})

    assert places_of([EMAIL]) == {"procrastinate_jobs"}


def test_who_waits_for_a_year_is_forgotten(gone: ProductVariant) -> None:
    join(gone)
    customer = UserFactory.create()
    back_in_stock.ask(customer=customer, sku="ARC")
    long_ago = timezone.now() - back_in_stock.GUESTS_KEPT
    BackInStockRequest.objects.update(created_at=long_ago + timedelta(hours=1))
    back_in_stock.tell_next_in_line()
    assert BackInStockRequest.objects.count() == 2
    BackInStockRequest.objects.update(created_at=long_ago - timedelta(hours=1))

    back_in_stock.tell_next_in_line()

    assert BackInStockRequest.objects.get().customer == customer


def test_nothing_tells_who_is_in_line(api_client: APIClient, gone: ProductVariant) -> None:
    UserFactory.create(email="ada@guests.example")
    join(gone)

    answers = [
        api_client.post(URL, {"sku": "ARC", "email": email})
        for email in (EMAIL, "stranger@guests.example", "ada@guests.example")
    ]
    left = [
        follow("withdrawal", token_of(leave_link(email))) for email in (EMAIL, "x@guests.example")
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (202, answers[0].content)
    }
    assert {(answer.status_code, answer.content) for answer in left} == {(204, b"")}


def test_every_mail_has_a_way_out_of_every_line(gone: ProductVariant) -> None:
    other = VariantFactory.create(sku="BOW", on_hand=0)
    join(gone)
    join(other, EMAIL.upper())
    join(gone, "other@guests.example")
    receive(gone)
    do_jobs()
    token = next(links_in(one) for one in mail.outbox if one.to == [EMAIL])["leave-lines"]

    left = follow("withdrawal", token)
    again = follow("withdrawal", token)

    assert (left.status_code, again.status_code) == (204, 204)
    assert places_of([EMAIL]) == set()


def test_a_link_is_for_one_purpose(gone: ProductVariant) -> None:
    join(gone)
    tokens = {
        "confirmation": token_of(leave_link(EMAIL)),
        "withdrawal": token_of(join_link(EMAIL, variant_id=gone.pk)),
    }

    for what, token in tokens.items():
        for wrong in (token, "x", "e30:1:x", token[:-1]):
            refused = follow(what, wrong)
            assert (refused.status_code, refused.json()["code"]) == (400, "link_invalid")
    assert BackInStockRequest.objects.count() == 1


def test_a_link_into_the_line_is_good_for_three_days(gone: ProductVariant) -> None:
    token = token_of(join_link(EMAIL, variant_id=gone.pk))

    with time_machine.travel(timezone.now() + JOIN_WITHIN + timedelta(minutes=1)):
        assert follow("confirmation", token).json()["code"] == "link_invalid"
    with time_machine.travel(timezone.now() + JOIN_WITHIN - timedelta(minutes=1)):
        assert follow("confirmation", token).status_code == 204


def test_joining_again_keeps_the_place(gone: ProductVariant) -> None:
    join(gone)
    first = BackInStockRequest.objects.get()

    assert join(gone, EMAIL.upper()).status_code == 204
    assert BackInStockRequest.objects.get() == first


def test_what_can_be_had_or_is_not_sold_needs_no_line(api_client: APIClient) -> None:
    here = VariantFactory.create(sku="HERE")

    for sku, status, code in (("HERE", 409, "available_now"), ("NO", 404, "variant_not_found")):
        refused = api_client.post(URL, {"sku": sku, "email": EMAIL})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert join(here).json()["code"] == "available_now"
    here.is_active = False
    here.save()
    assert join(here).json()["code"] == "variant_not_found"


def test_an_address_waits_for_fifty_things(gone: ProductVariant) -> None:
    for _ in range(back_in_stock.MOST_REQUESTS):
        BackInStockRequest.objects.create(variant=VariantFactory.create(on_hand=0), email=EMAIL)

    refused = join(gone)

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_back_in_stock_requests")


def test_nobodys_mailbox_is_flooded(
    api_client: APIClient, gone: ProductVariant, settings: Settings
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "mail-recipient": Rate(quota=2, seconds=900)}
    form = {"sku": "ARC", "email": EMAIL}

    statuses = [api_client.post(URL, form).status_code for _ in range(3)]
    other = api_client.post(URL, {**form, "email": "other@guests.example"})

    assert (statuses, other.status_code) == ([202, 202, 429], 202)
    do_jobs()
    assert len(mail.outbox) == 3


def test_whoever_erases_the_account_of_an_address_takes_it_out_of_line(
    gone: ProductVariant,
) -> None:
    user = UserFactory.create(email=EMAIL)
    join(gone)
    user.email_verified_at = None
    assert not held(user=user)["back_in_stock_requests"]
    user.email_verified_at = timezone.now()
    assert [row["sku"] for row in held(user=user)["back_in_stock_requests"]] == ["ARC"]

    erase_account(user=user, because="a test")

    assert not BackInStockRequest.objects.exists()


def test_the_shop_has_pages_for_both_links(client: Client, gone: ProductVariant) -> None:
    joining, leaving = join_link(EMAIL, variant_id=gone.pk), leave_link(EMAIL)
    pages = {link: urlsplit(link).path for link in (joining, leaving)}

    assert (
        "Tell me once" in client.get(pages[joining], {"token": token_of(joining)}).content.decode()
    )
    assert not BackInStockRequest.objects.exists()  # mail programs fetch links too
    done = client.post(pages[joining], {"token": token_of(joining)})
    assert "You will get one mail" in done.content.decode()
    assert BackInStockRequest.objects.get().email == EMAIL
    assert client.post(pages[leaving], {"token": token_of(leaving)}).status_code == 200
    assert not BackInStockRequest.objects.exists()


def test_the_database_wants_somebody_to_tell(gone: ProductVariant) -> None:
    for wrong in (
        {},
        {"email": EMAIL, "customer": UserFactory.create()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            BackInStockRequest.objects.create(variant=gone, **wrong)


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_on_a_link_one_place_comes(gone: ProductVariant) -> None:
    token = token_of(join_link(EMAIL, variant_id=gone.pk))

    outcomes = race(6, lambda _: guests_in_line.confirm(token=token, address="203.0.113.7"))

    assert outcomes == [None] * 6
    assert BackInStockRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_refuses_the_others(
    gone: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(join_link(EMAIL, variant_id=gone.pk))
    all_have_looked = Barrier(6, timeout=10)
    create = BackInStockRequest.objects.create

    def linger(**fields: Any) -> BackInStockRequest:
        all_have_looked.wait()
        return create(**fields)

    monkeypatch.setattr(guests_in_line, "_lock_lines_of", lambda _: None)
    monkeypatch.setattr(BackInStockRequest.objects, "create", linger)
    outcomes = race(6, lambda _: guests_in_line.confirm(token=token, address="203.0.113.7"))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        *["IntegrityError"] * 5,
        "NoneType",
    ]
