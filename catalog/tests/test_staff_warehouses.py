"""Warehouses for staff, over the API."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Stock, Warehouse
from catalog.services import stock
from catalog.tests.conftest import client_of
from catalog.tests.factories import VariantFactory, WarehouseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/api/v1/staff/warehouses/"
NORTH = {"code": "north", "name": "Northern depot", "country": "GB", "priority": 50}


@pytest.fixture
def planner() -> APIClient:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__endswith="_warehouse"))
    return client_of(user)


def test_a_warehouse_is_opened_changed_and_deleted(planner: APIClient) -> None:
    opened = planner.post(LIST, NORTH)
    url = f"{LIST}{opened.json()['id']}/"

    assert (opened.status_code, opened.json()) == (
        201,
        {**NORTH, "id": opened.json()["id"], "address": "", "is_active": True, "is_default": False},
    )
    assert planner.get(url).json() == opened.json()
    changed = planner.patch(url, {"priority": 5}, headers={"If-Match": opened["ETag"]})
    assert (changed.status_code, changed.json()["priority"]) == (200, 5)
    stale = planner.patch(url, {"priority": 6}, headers={"If-Match": opened["ETag"]})
    assert (stale.status_code, Warehouse.objects.get(code="north").priority) == (412, 5)
    assert planner.delete(url).status_code == 204
    assert not Warehouse.objects.filter(code="north").exists()


def test_the_list_is_in_the_order_in_which_they_send(
    planner: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for code, priority in (("b", 300), ("a", 50)):
        WarehouseFactory.create(code=code, priority=priority)

    with django_assert_num_queries(5):  # session, two of permissions, count, page
        rows = planner.get(LIST).json()["results"]

    assert [row["code"] for row in rows] == ["a", "main", "b"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"code": "no spaces"}, "/code"),
        ({"code": ""}, "/code"),
        ({"name": "x" * 121}, "/name"),
        ({"country": "de"}, "/country"),
        ({"country": "ZZ"}, "/country"),
        ({"priority": -1}, "/priority"),
        ({"priority": 2**31}, "/priority"),
        ({"on_hand": 3}, "/on_hand"),
    ],
)
def test_a_malformed_warehouse_is_refused(
    planner: APIClient, changes: dict[str, Any], pointer: str
) -> None:
    response = planner.post(LIST, NORTH | changes)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert Warehouse.objects.count() == 1


def test_a_code_is_of_one_warehouse(planner: APIClient) -> None:
    WarehouseFactory.create(code="north")

    response = planner.post(LIST, NORTH)

    assert (response.status_code, response.json()["code"]) == (409, "warehouse_code_taken")


def test_one_with_stock_is_closed_not_deleted(planner: APIClient) -> None:
    north, variant = WarehouseFactory.create(), VariantFactory.create(on_hand=2)
    stock.receive({variant.pk: 3}, reference="delivery", warehouse=north)
    url = f"{LIST}{north.pk}/"

    refused = planner.delete(url)
    assert (refused.status_code, refused.json()["code"]) == (409, "warehouse_in_use")
    assert planner.patch(url, {"is_active": False}).status_code == 200
    assert Stock.objects.get().available == 2
    assert planner.patch(url, {"is_active": True}).status_code == 200
    assert Stock.objects.get().available == 5


def test_there_is_always_one_default_that_is_open(planner: APIClient) -> None:
    main, north = Warehouse.objects.default(), WarehouseFactory.create(code="north")
    urls = [f"{LIST}{one.pk}/" for one in (main, north)]

    for refused in (
        planner.patch(urls[0], {"is_active": False}),
        planner.patch(urls[0], {"is_default": False}),
        planner.delete(urls[0]),
        planner.post(LIST, {**NORTH, "code": "x", "is_default": True, "is_active": False}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "warehouse_is_default")
    assert planner.patch(urls[1], {"is_default": True}).status_code == 200

    assert Warehouse.objects.default() == north
    assert planner.patch(urls[0], {"is_active": False}).status_code == 200


def test_seeing_warehouses_does_not_let_change_them(stock_client: APIClient) -> None:
    main = Warehouse.objects.default()

    for response in (
        stock_client.get(LIST),
        stock_client.post(LIST, NORTH),
        stock_client.patch(f"{LIST}{main.pk}/", {"priority": 1}),
        stock_client.delete(f"{LIST}{main.pk}/"),
    ):
        assert response.status_code == 403
    assert Warehouse.objects.get() == main
