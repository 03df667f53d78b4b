from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import StockMovement
from catalog.services import stock
from catalog.tests.factories import VariantFactory
from users.models import User
from users.tests.factories import give_role

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/stock/"
LEDGER = "/admin/catalog/stockmovement/"


@pytest.mark.parametrize("rows", [1, 4])
def test_the_lists_cost_the_same_however_long(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        VariantFactory.create(on_hand=7, product__name="Arc lamp")

    with django_assert_num_queries(5):
        stocks = admin.get(LIST).content.decode()
    with django_assert_num_queries(8):  # one for the filter by warehouse
        ledger = admin.get(LEDGER).content.decode()

    assert stocks.count("Arc lamp") == rows
    assert ledger.count("factory") == rows


def test_staff_adjust_with_a_reason(admin: Client) -> None:
    variant = VariantFactory.create(on_hand=10)

    response = admin.post(
        f"{LIST}{variant.pk}/change/", {"change": "-3", "reason": "Broken", "on_hand": "999"}
    )

    assert response.status_code == 302
    variant.stock.refresh_from_db()
    assert (variant.stock.on_hand, variant.stock.allocated) == (7, 0)
    movement = StockMovement.objects.get(kind=StockMovement.Kind.ADJUSTMENT)
    assert (movement.on_hand_change, movement.reason) == (-3, "Broken")
    assert movement.actor == User.objects.get(email="boss@shop.example")


@pytest.mark.parametrize(
    "form",
    [
        {"change": "-4", "reason": "Promised units are not there to take"},
        {"change": "0", "reason": "Nothing"},
        {"change": "", "reason": "Nothing"},
        {"change": "5", "reason": ""},
        {"change": "99999999999", "reason": "Too many"},
    ],
)
def test_what_cannot_be_adjusted_is_refused(admin: Client, form: dict[str, Any]) -> None:
    variant = VariantFactory.create(on_hand=10)
    stock.allocate({variant.pk: 7}, reference="8K2M")

    response = admin.post(f"{LIST}{variant.pk}/change/", form)

    assert response.status_code == 200
    assert response.context["errors"]
    variant.stock.refresh_from_db()
    assert (variant.stock.on_hand, variant.stock.allocated) == (10, 7)


def test_who_may_only_look_sees_no_form(client: Client, stock_keeper: User) -> None:
    variant = VariantFactory.create(on_hand=10)
    stock_keeper.user_permissions.remove(stock_keeper.user_permissions.get(codename="change_stock"))
    client.force_login(give_role(stock_keeper, "Support"))

    page = client.get(f"{LIST}{variant.pk}/change/")
    refused = client.post(f"{LIST}{variant.pk}/change/", {"change": "1", "reason": "x"})

    assert page.status_code == 200
    assert b'name="change"' not in page.content
    assert refused.status_code == 403
    variant.stock.refresh_from_db()
    assert variant.stock.on_hand == 10


def test_stock_and_ledger_are_neither_added_nor_deleted(admin: Client) -> None:
    variant = VariantFactory.create(on_hand=10)
    movement = StockMovement.objects.get()

    for url in (
        f"{LIST}add/",
        f"{LIST}{variant.pk}/delete/",
        f"{LEDGER}add/",
        f"{LEDGER}{movement.pk}/delete/",
    ):
        assert admin.get(url).status_code == 403
    assert admin.get(f"{LEDGER}{movement.pk}/change/").status_code == 200
    assert admin.post(f"{LEDGER}{movement.pk}/change/", {}).status_code == 403
    assert admin.get(LEDGER, {"stock": variant.pk}).status_code == 200
