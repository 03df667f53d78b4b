"""Counting, moving and selling ahead in the admin, and warehouses there."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from catalog.models import ProductVariant, Stock, StockMovement, Warehouse
from catalog.services import stock
from catalog.tests.factories import VariantFactory, WarehouseFactory
from users.models import User
from users.tests.factories import give_role

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/stock/"
WAREHOUSES = "/admin/catalog/warehouse/"


@pytest.fixture
def arc() -> ProductVariant:
    variant = VariantFactory.create(sku="ARC", on_hand=10)
    stock.allocate({variant.pk: 3}, reference="8K2M")
    return variant


@pytest.fixture
def depot() -> Warehouse:
    return WarehouseFactory.create(code="depot", name="Depot")


def act(client: Client, variant: ProductVariant, name: str, **typed: Any) -> Any:
    return client.post(f"{LIST}{variant.pk}/act/{name}/", typed)


def test_staff_count_move_and_keep_back(
    admin: Client, arc: ProductVariant, depot: Warehouse
) -> None:
    main = Warehouse.objects.default()

    for name, typed in (
        ("count", {"warehouse": main.pk, "counted": 9, "reason": "Inventory"}),
        ("transfer", {"source": main.pk, "target": depot.pk, "quantity": 2, "reason": "Fair"}),
        ("safety-stock", {"warehouse": depot.pk, "units": 1}),
        ("terms", {"policy": "preorder", "backorder_limit": 4, "expected_on": "2027-03-01"}),
    ):
        assert act(admin, arc, name, **typed).status_code == 302, name

    levels = {level.warehouse.code: level for level in Stock.objects.get().levels.all()}
    assert (levels["main"].on_hand, levels["main"].allocated) == (7, 3)
    assert (levels["depot"].on_hand, levels["depot"].safety_stock) == (2, 1)
    assert Stock.objects.get().available == 4 + 1 + 4
    booked = StockMovement.objects.filter(reason__in=["Inventory", "Fair"])
    assert {movement.actor for movement in booked} == {User.objects.get(is_superuser=True)}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("count", {"warehouse": "main", "counted": 2, "reason": "Fewer than are promised"}),
        ("count", {"warehouse": "main", "counted": -1, "reason": "x"}),
        ("count", {"warehouse": "main", "counted": 9, "reason": ""}),
        ("transfer", {"source": "main", "target": "depot", "quantity": 8, "reason": "Promised"}),
        ("transfer", {"source": "main", "target": "main", "quantity": 1, "reason": "x"}),
        ("transfer", {"source": "main", "target": "depot", "quantity": 0, "reason": "x"}),
        ("terms", {"policy": "preorder", "backorder_limit": 4}),
        ("terms", {"policy": "always", "backorder_limit": 4}),
        ("safety-stock", {"warehouse": "main", "units": -1}),
    ],
)
def test_what_cannot_be_booked_is_said_on_the_page(
    admin: Client, arc: ProductVariant, depot: Warehouse, name: str, typed: dict[str, Any]
) -> None:
    ids = dict(Warehouse.objects.values_list("code", "pk"))
    before = StockMovement.objects.count()

    response = act(admin, arc, name, **{key: ids.get(value, value) for key, value in typed.items()})

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert StockMovement.objects.count() == before
    assert Stock.objects.get().available == 7


def test_the_page_of_a_sku_shows_warehouses_and_ledger(
    admin: Client, arc: ProductVariant, depot: Warehouse
) -> None:
    stock.receive({arc.pk: 2}, reference="<b>delivery</b>", warehouse=depot)

    page = admin.get(f"{LIST}{arc.pk}/change/").content.decode()

    assert "<td>Main warehouse</td><td>10</td><td>3</td><td>0</td><td>7</td>" in page
    assert "<td>Depot</td><td>2</td><td>0</td><td>0</td><td>2</td>" in page
    assert "&lt;b&gt;delivery&lt;/b&gt;" in page
    for name in ("count", "transfer", "terms", "safety-stock"):
        assert admin.get(f"{LIST}{arc.pk}/act/{name}/").status_code == 200
    assert admin.get(f"{LIST}{arc.pk}/act/steal/").status_code == 404
    assert admin.get(f"{LIST}999999/act/count/").status_code == 404


def test_who_may_only_look_books_nothing(
    client: Client, stock_keeper: User, arc: ProductVariant
) -> None:
    stock_keeper.user_permissions.remove(stock_keeper.user_permissions.get(codename="change_stock"))
    client.force_login(give_role(stock_keeper, "Support"))

    page = client.get(f"{LIST}{arc.pk}/change/").content.decode()

    assert "Main warehouse" in page
    assert "/act/" not in page
    assert act(client, arc, "count", counted=1).status_code == 403


def test_little_nothing_and_what_is_owed_is_found(
    admin: Client, arc: ProductVariant, settings: Settings
) -> None:
    settings.LOW_STOCK_THRESHOLD = 5
    low = VariantFactory.create(sku="LOW", on_hand=5)
    Stock.objects.filter(pk=arc.pk).update(low_stock_threshold=2)
    owed = VariantFactory.create(sku="OWED", on_hand=0)
    boss = User.objects.get(is_superuser=True)
    stock.set_terms(
        variant=owed,
        policy=Stock.Policy.BACKORDER,
        backorder_limit=9,
        expected_on=None,
        low_stock_threshold=None,
        actor=boss,
    )
    stock.allocate({owed.pk: 1}, reference="8K2M")

    found = {
        left: {row.variant.sku for row in admin.get(LIST, {"left": left}).context["cl"].queryset}
        for left in ("little", "nothing", "owed")
    }

    assert found == {"little": {low.sku, "OWED"}, "nothing": {"OWED"}, "owed": {"OWED"}}
    assert admin.get(LIST).context["cl"].queryset.count() == 3


def test_warehouses_are_opened_closed_and_deleted(admin: Client, arc: ProductVariant) -> None:
    facts = {"code": "north", "name": "North", "country": "gb", "priority": "200"}

    assert admin.post(f"{WAREHOUSES}add/", facts | {"is_active": "on"}).status_code == 302
    north, main = Warehouse.objects.get(code="north"), Warehouse.objects.get(code="main")
    assert (north.country, north.is_active) == ("GB", True)
    stock.receive({arc.pk: 5}, reference="delivery", warehouse=north)
    assert admin.post(f"{WAREHOUSES}{north.pk}/change/", facts).status_code == 302
    assert Stock.objects.get().available == 7

    refused = admin.post(f"{WAREHOUSES}{north.pk}/delete/", {"post": "yes"})
    north.refresh_from_db()
    assert refused.status_code == 200 or refused["Location"].endswith(f"/{north.pk}/change/")
    kept = admin.post(f"{WAREHOUSES}{main.pk}/change/", {**facts, "code": "main"})
    assert (kept.status_code, bool(kept.context["errors"])) == (200, True)
    taken = admin.post(
        f"{WAREHOUSES}{north.pk}/change/", {**facts, "is_active": "on", "is_default": "on"}
    )
    assert taken.status_code == 302
    assert Warehouse.objects.default() == north
