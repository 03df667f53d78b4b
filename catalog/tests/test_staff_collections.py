from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Collection, CollectionProduct, Product
from catalog.models.curated import CollectionQuerySet
from catalog.services import curating
from catalog.services.curating import arrange
from catalog.tests.factories import CollectionFactory, ProductFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db
URL = "/api/v1/staff/collections/"


def products(number: int) -> list[Product]:
    return [ProductFactory.create() for _ in range(number)]


def ids(collection: Collection) -> list[int]:
    return list(collection.placements.order_by("position").values_list("product_id", flat=True))


def put_in_order(collection: Collection, product_ids: list[int]) -> None:
    with transaction.atomic():
        arrange(collection=Collection.objects.lock(collection.pk), product_ids=product_ids)


def url(collection: Collection, rest: str = "") -> str:
    return f"{URL}{collection.pk}/{rest}"


def test_a_collection_is_added_changed_and_deleted(manager_client: APIClient) -> None:
    added = manager_client.post(URL, {"name": "A slow breakfast", "description": "Sundays."})
    one = url(Collection.objects.get())
    changed = manager_client.patch(one, {"status": "published", "seo_title": "Breakfast"})
    late = manager_client.patch(one, {"name": "X"}, headers={"If-Match": added["ETag"]})

    assert (added.status_code, added.json()["slug"]) == (201, "a-slow-breakfast")
    assert (added.json()["status"], added.json()["product_count"]) == ("draft", 0)
    assert (changed.status_code, changed.json()["status"]) == (200, "published")
    assert changed.json()["seo_title"] == "Breakfast"
    assert late.status_code == 412
    assert manager_client.get(one)["ETag"] == changed["ETag"]
    assert manager_client.delete(one, headers={"If-Match": added["ETag"]}).status_code == 412
    assert manager_client.delete(one).status_code == 204
    assert manager_client.get(one).status_code == 404


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_has_all_of_them_in_as_many_queries(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        CollectionFactory.create(status="draft", products=products(2))

    with django_assert_num_queries(5):  # session, two of permissions, count, page
        shown = manager_client.get(URL).json()["results"]

    assert [row["product_count"] for row in shown] == [2] * rows


def test_a_slug_is_taken_once_and_a_window_opens_first(manager_client: APIClient) -> None:
    CollectionFactory.create(slug="winter")
    other = CollectionFactory.create(slug="summer")
    window = {"publish_from": "2026-12-01T00:00:00Z", "publish_until": "2026-11-01T00:00:00Z"}

    taken = manager_client.patch(url(other), {"slug": "winter"})
    crossed = manager_client.patch(url(other), window)

    assert (taken.status_code, taken.json()["code"]) == (409, "slug_taken")
    assert (crossed.status_code, crossed.json()["code"]) == (400, "publish_window_invalid")
    assert manager_client.post(URL, {"name": "Winter", "slug": "winter"}).status_code == 409


def test_its_products_are_put_in_order_as_often_as_one_likes(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two, three, four = products(4)
    collection = CollectionFactory.create(products=[one, two, three])
    wanted = [four.pk, three.pk, one.pk]

    first = manager_client.put(url(collection, "products/"), {"products": wanted})
    rows = set(collection.placements.values_list("pk", flat=True))
    again = manager_client.put(url(collection, "products/"), {"products": wanted})

    assert (first.status_code, again.status_code) == (200, 200)
    assert ids(collection) == [row["id"] for row in again.json()["products"]] == wanted
    assert first["ETag"] == again["ETag"]
    assert set(collection.placements.values_list("pk", flat=True)) == rows
    with django_assert_num_queries(5):  # session, two of permissions, collection, products
        shown = manager_client.get(url(collection, "products/"))
    assert (shown.json(), shown["ETag"]) == (again.json(), again["ETag"])
    emptied = manager_client.put(url(collection, "products/"), {"products": []})
    assert (emptied.json(), ids(collection)) == ({"products": []}, [])


def test_a_thousand_products_cost_as_many_queries_as_two(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = Product.objects.bulk_create(
        Product(name=f"Mug {number}", slug=f"mug-{number}") for number in range(1000)
    )
    collection = CollectionFactory.create(products=many[:998])
    wanted = [product.pk for product in reversed(many)]

    with django_assert_num_queries(14):
        response = manager_client.put(url(collection, "products/"), {"products": wanted})

    assert response.status_code == 200
    assert ids(collection) == wanted
    more = [*wanted, ProductFactory.create().pk]
    refused = manager_client.put(url(collection, "products/"), {"products": more})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/products")
    assert ids(collection) == wanted


@pytest.mark.parametrize(
    ("sent", "pointer", "code"),
    [
        (["one", 2**40], "/products/1", "does_not_exist"),
        (["one", "two", "one"], "/products/2", "repeated"),
        (["mug"], "/products/0", "invalid"),
    ],
)
def test_an_order_that_makes_no_sense_changes_nothing(
    manager_client: APIClient, sent: list[Any], pointer: str, code: str
) -> None:
    one, two = products(2)
    collection = CollectionFactory.create(products=[one, two])

    named = {"one": one.pk, "two": two.pk}

    refused = manager_client.put(
        url(collection, "products/"), {"products": [named.get(word, word) for word in sent]}
    )

    assert refused.status_code == 400
    assert [(f["pointer"], f["code"]) for f in refused.json()["errors"]] == [(pointer, code)]
    assert ids(collection) == [one.pk, two.pk]


def test_an_order_is_sent_only_over_the_one_that_was_seen(manager_client: APIClient) -> None:
    one, two = products(2)
    collection = CollectionFactory.create(products=[one, two])
    seen = manager_client.get(url(collection, "products/"))["ETag"]
    arrange(collection=collection, product_ids=[two.pk])

    late = manager_client.put(
        url(collection, "products/"), {"products": [one.pk]}, headers={"If-Match": seen}
    )

    assert late.status_code == 412
    assert ids(collection) == [two.pk]


def test_being_staff_opens_no_collection(clerk_client: APIClient) -> None:
    collection = CollectionFactory.create()

    assert clerk_client.get(URL).status_code == 403
    assert clerk_client.post(URL, {"name": "X"}).status_code == 403
    assert clerk_client.put(url(collection, "products/"), {"products": []}).status_code == 403
    assert clerk_client.delete(url(collection)).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_orders_sent_at_once_one_holds_and_not_a_mixture() -> None:
    shelf = [product.pk for product in products(12)]
    collection = CollectionFactory.create()
    orders = [shelf[turn:] + shelf[: turn // 2] for turn in range(6)]

    outcomes = race(6, lambda turn: put_in_order(collection, orders[turn]))

    assert outcomes == [None] * 6
    assert ids(collection) in orders


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_falls_to_the_constraints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf = [product.pk for product in products(12)]
    collection = CollectionFactory.create()
    orders = [shelf[turn:] + shelf[: turn // 2] for turn in range(6)]
    all_have_read = Barrier(6, timeout=10)

    def linger(*, position: int, **row: Any) -> CollectionProduct:
        if position == 0:
            all_have_read.wait()
        return CollectionProduct(position=position, **row)

    monkeypatch.setattr(CollectionQuerySet, "lock", lambda rows, pk: rows.get(pk=pk))
    monkeypatch.setattr(curating, "CollectionProduct", linger)

    outcomes = race(6, lambda turn: put_in_order(collection, orders[turn]))

    refused = [outcome for outcome in outcomes if outcome is not None]
    assert refused
    assert {type(outcome) for outcome in refused} <= {IntegrityError, OperationalError}
