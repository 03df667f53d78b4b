"""What staff do to many products of the admin's list at once."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Category, Product
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from ecommerce_backend.common.models import Event

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/product/"


@pytest.fixture
def garden() -> Category:
    home = CategoryFactory.create(name="Home")
    garden: Category = CategoryFactory.create(name="Garden", slug="garden", parent=home)
    return garden


def act(client: Client, action: str, products: list[Product], **more: Any) -> Any:
    chosen = [product.pk for product in products]
    form = {"action": action, "_selected_action": chosen, **more}
    return client.post(LIST, form, follow=True)


def drafts(number: int) -> list[Product]:
    return [ProductFactory.create(status="draft", name=f"Mug {n:02}") for n in range(number)]


@pytest.mark.parametrize(("action", "status"), [("publish", "published"), ("archive", "archived")])
def test_each_of_many_is_noted(admin: Client, action: str, status: str) -> None:
    one, two = drafts(2)
    there = ProductFactory.create(status=status)

    page = act(admin, action, [one, two, there])

    assert f"{status.title()}: 2." in page.content.decode()
    assert set(Product.objects.values_list("status", flat=True)) == {status}
    written = LogEntry.objects.order_by("object_id").values_list("object_id", "change_message")
    assert list(written) == sorted((str(one.pk), f"{status.title()}.") for one in (one, two))
    events = Event.objects.filter(type="product.changed").order_by("pk")
    assert [(event.subject, event.payload) for event in events] == [
        (f"product:{product.pk}", {"changed": ["status"]}) for product in (one, two)
    ]


@pytest.mark.parametrize("action", ["publish", "move"])
def test_none_is_changed_when_one_cannot_be_noted(
    admin: Client, garden: Category, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    products = drafts(3)

    def refuse(**_: Any) -> None:
        raise DatabaseError("the history is full")

    monkeypatch.setattr(LogEntry.objects, "log_actions", refuse)
    with pytest.raises(DatabaseError):
        act(admin, action, products, category=garden.pk, count=3)

    assert Product.objects.filter(status="draft", category=None).count() == 3
    assert not Event.objects.filter(type="product.changed").exists()


def test_products_move_once_somebody_has_seen_which(admin: Client, garden: Category) -> None:
    products = drafts(12)
    there = ProductFactory.create(category=garden)

    asked = act(admin, "move", [*products, there]).content.decode()

    assert "13 products will stand in another category" in asked
    assert "Mug 00" in asked
    assert "and 3 more" in asked
    assert f'<option value="{garden.pk}">\u2003Garden</option>' in asked
    assert Product.objects.filter(category=None).count() == 12
    done = act(admin, "move", [*products, there], category=garden.pk, count=13)
    assert "Moved to Garden: 12." in done.content.decode()
    assert garden.products.count() == 13
    assert set(LogEntry.objects.values_list("change_message", flat=True)) == {"Moved to Garden."}
    assert Event.objects.filter(payload={"changed": ["category"]}).count() == 12


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"category": "", "count": 2}, "This field is required."),
        ({"category": "999999999", "count": 2}, "Select a valid choice."),
        ({"category": "garden", "count": 3}, "The list has changed meanwhile."),
    ],
)
def test_a_move_that_makes_no_sense_is_asked_again(
    admin: Client, garden: Category, typed: dict[str, Any], text: str
) -> None:
    if typed["category"] == "garden":
        typed = {**typed, "category": garden.pk}

    page = act(admin, "move", drafts(2), **typed).content.decode()

    assert text in page
    assert 'name="_selected_action"' in page
    assert not garden.products.exists()


def test_all_that_a_search_finds_is_moved_and_nothing_else(admin: Client, garden: Category) -> None:
    first, *_ = drafts(3)
    jug = ProductFactory.create(name="Jug")
    form = {"action": "move", "_selected_action": first.pk, "select_across": "1"}

    asked = admin.post(f"{LIST}?q=mug", form).content.decode()
    done = {**form, "category": garden.pk, "count": 3}
    admin.post(f"{LIST}?q=mug", done)

    assert '<input type="hidden" name="select_across" value="1">' in asked
    assert garden.products.count() == 3
    jug.refresh_from_db()
    assert jug.category is None


@pytest.mark.parametrize("rows", [2, 6])
def test_a_move_costs_the_same_for_many(
    admin: Client, garden: Category, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    products = drafts(rows)
    form = {"action": "move", "_selected_action": [one.pk for one in products]}
    ContentType.objects.get_for_model(Product)  # asked for once in a process

    with django_assert_num_queries(9):
        admin.post(LIST, form)
    with django_assert_num_queries(15):
        admin.post(LIST, {**form, "category": garden.pk, "count": rows})

    assert garden.products.count() == rows


def test_a_products_page_shows_its_variants_prices_and_stock(admin: Client) -> None:
    product = ProductFactory.create()
    VariantFactory.create(product=product, price="79.00", on_hand=3)
    VariantFactory.create(product=product, price="12.50", currency="EUR", on_hand=0)

    page = admin.get(f"{LIST}{product.pk}/change/").content.decode()

    for text in ("79.00 USD", "12.50 EUR", "3 of 3", "0 of 0"):
        assert text in page
