from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import PriceList, PriceListEntry, ProductVariant
from catalog.tests.factories import ListPriceFactory, PriceListFactory, VariantFactory
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users.tests.factories import CustomerGroupFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/staff/price-lists/"


@pytest.fixture
def mug() -> ProductVariant:
    return VariantFactory.create(sku="MUG", price="10")


@pytest.fixture
def sale() -> PriceList:
    return PriceListFactory.create(name="Winter sale")


def put(client: APIClient, sale: PriceList, *entries: dict[str, Any]) -> Any:
    return client.put(f"{URL}{sale.pk}/entries/", {"entries": list(entries)})


def price(amount: str | None, **more: Any) -> dict[str, Any]:
    return {"sku": "MUG", "currency": "USD", "amount": amount, **more}


def test_a_list_is_added_changed_and_deleted(manager_client: APIClient) -> None:
    CustomerGroupFactory.create(code="trade")
    added = manager_client.post(URL, {"name": "Trade", "customer_group": "trade"})
    one = f"{URL}{PriceList.objects.get().pk}/"
    changed = manager_client.patch(one, {"ends_at": "2027-01-01T00:00:00Z"})
    late = manager_client.patch(one, {"name": "X"}, headers={"If-Match": added["ETag"]})

    assert added.status_code == 201
    assert {
        name: added.json()[name] for name in ("customer_group", "is_active", "entry_count")
    } == {
        "customer_group": "trade",
        "is_active": True,
        "entry_count": 0,
    }
    assert (changed.status_code, changed.json()["ends_at"]) == (200, "2027-01-01T00:00:00Z")
    assert PriceList.objects.get().ends_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert late.status_code == 412
    assert manager_client.get(one)["ETag"] == changed["ETag"]
    assert manager_client.delete(one).status_code == 204
    assert not PriceList.objects.exists()


def test_a_list_that_cannot_be_is_refused(manager_client: APIClient, sale: PriceList) -> None:
    window = {"starts_at": "2026-12-02T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"}
    other = PriceListFactory.create(name="Other")

    crossed = manager_client.post(URL, {"name": "Crossed", **window})
    taken = manager_client.patch(f"{URL}{other.pk}/", {"name": "Winter sale"})
    nobodys = manager_client.post(URL, {"name": "New", "customer_group": "none"})

    assert (crossed.status_code, crossed.json()["code"]) == (400, "price_window_invalid")
    assert (taken.status_code, taken.json()["code"]) == (409, "price_list_exists")
    assert (nobodys.status_code, nobodys.json()["errors"][0]["code"]) == (400, "does_not_exist")
    assert PriceList.objects.count() == 2


def test_prices_are_put_on_a_list_as_often_as_one_likes(
    manager_client: APIClient, sale: PriceList, mug: ProductVariant
) -> None:
    ListPriceFactory.create(price_list=sale, variant=mug, currency="EUR", amount="9")
    wanted = [price("8.50"), price("7", min_quantity=10), price(None, currency="EUR")]

    first = put(manager_client, sale, *wanted)
    again = put(manager_client, sale, *wanted)

    assert (first.json(), again.json()) == ({"changed": 3}, {"changed": 0})
    assert manager_client.get(f"{URL}{sale.pk}/entries/").json()["results"] == [
        {"sku": "MUG", "currency": "USD", "min_quantity": 1, "amount": "8.50"},
        {"sku": "MUG", "currency": "USD", "min_quantity": 10, "amount": "7.00"},
    ]
    (record,) = AuditRecord.objects.filter(action=Action.PRICE_LIST_CHANGED)
    assert record.details == {"written": 2, "removed": 1}


def test_what_is_not_named_stays(
    manager_client: APIClient, sale: PriceList, mug: ProductVariant
) -> None:
    ListPriceFactory.create(price_list=sale, amount="3")

    put(manager_client, sale, price("8"))

    assert sale.entries.count() == 2


def test_all_of_them_or_none_with_a_word_on_each(
    manager_client: APIClient, sale: PriceList, mug: ProductVariant
) -> None:
    response = put(
        manager_client,
        sale,
        price("8"),
        price("8", sku="GONE"),
        price("7"),
        price("8.005", min_quantity=2),
    )

    assert response.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]] == [
        ("/entries/1/sku", "does_not_exist"),
        ("/entries/2/sku", "repeated"),
        ("/entries/3/amount", "price_invalid"),
    ]
    assert not PriceListEntry.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"min_quantity": 0}, {"amount": "-1"}, {"amount": 8}, {"currency": "XXY"}, {"sku": ""}],
)
def test_a_price_that_means_nothing_is_refused(
    manager_client: APIClient, sale: PriceList, mug: ProductVariant, wrong: dict[str, Any]
) -> None:
    assert put(manager_client, sale, {**price("8"), **wrong}).status_code == 400
    assert not PriceListEntry.objects.exists()


def test_a_thousand_prices_are_put_in_as_many_queries_as_one(
    manager_client: APIClient,
    sale: PriceList,
    mug: ProductVariant,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    wanted = [price("8", min_quantity=units) for units in range(1, 1001)]

    # session, permissions, list, SKUs, prices there are, those written, audit; and savepoints
    with django_assert_num_queries(12):
        put(manager_client, sale, price("8"))
    with django_assert_num_queries(12):
        put(manager_client, sale, *wanted)

    assert sale.entries.count() == 1000
    assert put(manager_client, sale, *wanted, price("9")).status_code == 400


@pytest.mark.parametrize("rows", [1, 4])
def test_lists_cost_as_many_queries_however_long(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    sale = PriceListFactory.create(customer_group=CustomerGroupFactory.create())
    for _ in range(rows):
        ListPriceFactory.create(price_list__customer_group=CustomerGroupFactory.create())
        ListPriceFactory.create(price_list=sale)

    with django_assert_num_queries(5):  # session, two of permissions, count, page
        assert manager_client.get(URL).json()["count"] == rows + 1
    with django_assert_num_queries(6):  # and the list itself
        entries = manager_client.get(f"{URL}{sale.pk}/entries/").json()

    assert entries["count"] == rows


def test_a_price_is_found_by_its_sku(
    manager_client: APIClient, sale: PriceList, mug: ProductVariant
) -> None:
    for variant in (mug, VariantFactory.create(sku="CUP")):
        ListPriceFactory.create(price_list=sale, variant=variant)

    found = manager_client.get(f"{URL}{sale.pk}/entries/", {"search": "cu"}).json()["results"]

    assert [row["sku"] for row in found] == ["CUP"]
    assert manager_client.get(f"{URL}0/entries/").status_code == 404


def test_it_takes_the_permission(clerk_client: APIClient, sale: PriceList) -> None:
    assert clerk_client.get(URL).status_code == 403
    assert put(clerk_client, sale, price("8")).status_code == 403


def test_the_admin_shows_and_keeps_lists_and_their_prices(
    admin: Client, mug: ProductVariant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    group = CustomerGroupFactory.create()
    added = admin.post(
        "/admin/catalog/pricelist/add/",
        {
            "name": "Sale",
            "customer_group": group.pk,
            "starts_at_0": "2026-12-02",
            "starts_at_1": "00:00",
            "ends_at_0": "2026-12-01",
            "ends_at_1": "00:00",
            "is_active": "on",
        },
    )
    assert "must end after it starts" in added.content.decode()
    assert admin.post("/admin/catalog/pricelist/add/", {"name": "Sale", "is_active": "on"})[
        "Location"
    ]
    sale = PriceList.objects.get()
    entry = {"price_list": sale.pk, "variant": mug.pk, "currency": "USD", "min_quantity": 1}

    wrong = admin.post("/admin/catalog/pricelistentry/add/", {**entry, "amount": "8.005"})
    right = admin.post("/admin/catalog/pricelistentry/add/", {**entry, "amount": "8"})

    assert "cannot be paid in USD" in wrong.content.decode()
    assert right.status_code == 302
    assert sale.entries.get().amount == Decimal(8)
    assert "1 prices" in admin.get(f"/admin/catalog/pricelist/{sale.pk}/change/").content.decode()
    assert "everybody" in admin.get("/admin/catalog/pricelist/").content.decode()
    assert "8.00 USD" in admin.get("/admin/catalog/pricelistentry/").content.decode()


@pytest.mark.parametrize("rows", [1, 4])
def test_the_lists_of_the_admin_cost_as_many_queries_however_long(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        ListPriceFactory.create(price_list__customer_group=CustomerGroupFactory.create())

    with django_assert_num_queries(6):  # session, user, two counts, page, groups of the filter
        assert admin.get("/admin/catalog/pricelist/").status_code == 200
    with django_assert_num_queries(6):
        assert admin.get("/admin/catalog/pricelistentry/").status_code == 200
