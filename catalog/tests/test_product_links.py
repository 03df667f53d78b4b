"""What staff lead to from a product, and what else is shown beside it."""

from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import BoughtTogether, Product, ProductLink
from catalog.models.products import ProductQuerySet
from catalog.services import links, stock
from catalog.services.bought_together import count_bought_together
from catalog.services.links import set_links
from catalog.tests.admin_forms import errors_of
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from catalog.tests.test_product_admin import product_form
from users.tests.races import race

pytestmark = pytest.mark.django_db
STOREFRONT = "/api/v1/products/mug/"
Kind = ProductLink.Kind


@pytest.fixture
def shelf() -> dict[str, Product]:
    """Return a mug among cups, and what stands elsewhere; a draft and something unpriced."""
    mugs = CategoryFactory.create()
    products = {
        slug: VariantFactory.create(product__slug=slug, product__category=mugs).product
        for slug in ("mug", "cup", "jug")
    }
    for slug in ("tray", "pot", "spade"):
        products[slug] = VariantFactory.create(product__slug=slug).product
    products["draft"] = VariantFactory.create(
        product__slug="draft", product__status="draft"
    ).product
    products["unpriced"] = ProductFactory.create(slug="unpriced")
    return products


def link(shelf: dict[str, Product], *, related: str = "", up_sell: str = "") -> None:
    set_links(
        product=shelf["mug"],
        related=[shelf[slug].pk for slug in related.split()],
        up_sell=[shelf[slug].pk for slug in up_sell.split()],
    )


def buy(shelf: dict[str, Product], *slugs: str, reference: str) -> dict[int, int]:
    units = {shelf[slug].variants.get().pk: 1 for slug in slugs}
    stock.allocate(units, reference=reference)
    return units


def slugs(client: APIClient, page: str) -> list[str]:
    response = client.get(f"{STOREFRONT}{page}/")
    assert response.status_code == 200, response.content
    return [card["slug"] for card in response.json()]


def url(product: Product) -> str:
    return f"/api/v1/staff/products/{product.pk}/links/"


def test_staff_come_first_then_orders_then_the_category_without_doubles(
    api_client: APIClient,
    shelf: dict[str, Product],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    VariantFactory.create(product__slug="bowl", product__category=shelf["mug"].category)
    link(shelf, related="tray jug draft unpriced")
    buy(shelf, "mug", "tray", "spade", reference="A")
    buy(shelf, "mug", "pot", reference="B")
    buy(shelf, "mug", "pot", "cup", reference="C")
    assert count_bought_together() == 12

    with django_assert_num_queries(6):  # product, who goes with it, those, category, offers, images
        found = slugs(api_client, "related")

    assert found == ["tray", "jug", "pot", "cup", "spade", "bowl"]


def test_orders_that_were_taken_back_count_no_longer(
    api_client: APIClient, shelf: dict[str, Product]
) -> None:
    units = buy(shelf, "mug", "spade", reference="A")
    buy(shelf, "mug", "pot", reference="B")
    count_bought_together()
    stock.release(units, reference="A")

    assert count_bought_together() == 2
    assert count_bought_together() == 0
    assert set(BoughtTogether.objects.values_list("product__slug", "other__slug", "orders")) == {
        ("mug", "pot", 1),
        ("pot", "mug", 1),
    }
    assert slugs(api_client, "related") == ["pot", "jug", "cup"]


def test_up_sells_stand_in_the_order_of_the_staff(
    api_client: APIClient,
    shelf: dict[str, Product],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    link(shelf, related="cup", up_sell="spade draft tray unpriced")

    with django_assert_num_queries(4):  # product, up-sells, offers, images
        assert slugs(api_client, "up-sells") == ["spade", "tray"]
    first = api_client.get(f"{STOREFRONT}up-sells/")
    again = api_client.get(f"{STOREFRONT}up-sells/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert api_client.get("/api/v1/products/draft/up-sells/").status_code == 404
    assert api_client.get(f"{STOREFRONT}up-sells/", {"currency": "EUR"}).json() == []


def test_links_are_set_as_a_whole_as_often_as_one_likes(
    manager_client: APIClient,
    shelf: dict[str, Product],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mug, cup, tray = shelf["mug"], shelf["cup"], shelf["tray"]
    body = {"related": [tray.pk, cup.pk], "up_sell": [cup.pk]}

    first = manager_client.put(url(mug), body)
    again = manager_client.put(url(mug), body)

    assert (first.status_code, first.json(), first["ETag"]) == (200, again.json(), again["ETag"])
    assert [row["slug"] for row in again.json()["related"]] == ["tray", "cup"]
    assert again.json()["up_sell"] == [
        {"id": cup.pk, "name": cup.name, "slug": "cup", "status": "published"}
    ]
    with django_assert_num_queries(5):  # session, two of permissions, product, links
        assert manager_client.get(url(mug)).json() == again.json()
    late = manager_client.put(url(mug), body, headers={"If-Match": '"old"'})
    assert late.status_code == 412
    manager_client.put(url(mug), {"related": [], "up_sell": [tray.pk]})
    assert list(mug.links.values_list("kind", "target__slug")) == [("up_sell", "tray")]


@pytest.mark.parametrize(
    ("related", "pointer", "code"),
    [
        (["cup", "mug"], "/related/1", "itself"),
        (["cup", "cup"], "/related/1", "repeated"),
        ([2**40], "/related/0", "does_not_exist"),
    ],
)
def test_links_that_make_no_sense_change_nothing(
    manager_client: APIClient,
    shelf: dict[str, Product],
    related: list[Any],
    pointer: str,
    code: str,
) -> None:
    link(shelf, related="jug")
    ids = [shelf[slug].pk if slug in shelf else slug for slug in related]

    refused = manager_client.put(url(shelf["mug"]), {"related": ids, "up_sell": []})

    assert refused.status_code == 400
    assert [(f["pointer"], f["code"]) for f in refused.json()["errors"]] == [(pointer, code)]
    assert [row.target.slug for row in shelf["mug"].links.all()] == ["jug"]


def test_being_staff_sets_no_links(clerk_client: APIClient, shelf: dict[str, Product]) -> None:
    body: dict[str, list[int]] = {"related": [], "up_sell": []}

    assert clerk_client.get(url(shelf["mug"])).status_code == 403
    assert clerk_client.put(url(shelf["mug"]), body).status_code == 403


def test_the_database_lets_no_product_lead_to_itself(shelf: dict[str, Product]) -> None:
    mug, cup = shelf["mug"], shelf["cup"]
    link(shelf, related="cup")

    for wrong in (
        {"target": mug, "kind": Kind.RELATED, "position": 5},
        {"target": cup, "kind": Kind.RELATED, "position": 5},
        {"target": cup, "kind": "cross_sell", "position": 5},
        {"target": cup, "kind": Kind.UP_SELL, "position": 50},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProductLink.objects.create(product=mug, **wrong)


def test_the_admin_sets_links_by_slugs(admin: Client, shelf: dict[str, Product]) -> None:
    mug = shelf["mug"]
    link(shelf, related="cup", up_sell="spade")
    page = f"/admin/catalog/product/{mug.pk}/change/"
    seen = {"initial-related": "cup", "initial-up_sell": "spade"}
    form = product_form(name="Mug", slug="mug", up_sell="spade", **seen)
    Product.objects.filter(pk=mug.pk).update(category=None)
    mug.variants.all().update(options={})

    response = admin.post(page, {**form, "related": "tray\r\ncup"})
    itself = admin.post(page, {**form, "related": "mug", "initial-related": "tray\ncup"})

    assert response.status_code == 302
    assert "A product does not lead to itself." in errors_of(itself)
    found = links.linked(mug)
    assert [target.slug for target in found["related"]] == ["tray", "cup"]
    assert [target.slug for target in found["up_sell"]] == ["spade"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_links_at_once_one_holds() -> None:
    mug, *others = (ProductFactory.create() for _ in range(7))
    orders = [[one.pk for one in others[turn:] + others[:turn]] for turn in range(6)]

    outcomes = race(6, lambda turn: set_under_lock(mug, orders[turn]))

    assert outcomes == [None] * 6
    assert [row.target_id for row in mug.links.order_by("position")] in orders


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_falls_to_the_constraints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mug, *others = (ProductFactory.create() for _ in range(7))
    orders = [[one.pk for one in others[turn:] + others[:turn]] for turn in range(6)]
    all_have_read = Barrier(6, timeout=10)

    def linger(*, position: int, **row: Any) -> ProductLink:
        if position == 0:
            all_have_read.wait()
        return ProductLink(position=position, **row)

    monkeypatch.setattr(ProductQuerySet, "lock", lambda rows, pk: rows.get(pk=pk))
    monkeypatch.setattr(links, "ProductLink", linger)
    outcomes = race(6, lambda turn: set_under_lock(mug, orders[turn]))

    refused = [outcome for outcome in outcomes if outcome is not None]
    assert refused
    assert {type(outcome) for outcome in refused} <= {IntegrityError, OperationalError}


def set_under_lock(product: Product, related: list[int]) -> None:
    with transaction.atomic():
        set_links(product=Product.objects.lock(product.pk), related=related, up_sell=[])
