"""What is said of products: written by staff, kept by the database, shown to shoppers."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from catalog.models import Attribute, Product, ProductAttributeValue
from catalog.tests.factories import (
    AttributeFactory,
    CategoryFactory,
    ProductFactory,
    VariantFactory,
    say,
)

pytestmark = pytest.mark.django_db
STAFF = "/api/v1/staff/products/"


@pytest.fixture(name="of_each")
def _of_each() -> dict[str, Attribute]:
    """Return an attribute of each type by its code, in the order of the alphabet."""
    kinds: dict[str, dict[str, Any]] = {
        "finish": {"type": "text"},
        "glaze": {"type": "color", "choices": ["Oat", "Sky"]},
        "material": {"type": "choice", "choices": ["Oak", "Pine"]},
        "oven-safe": {"type": "boolean"},
        "weight": {"type": "number", "unit": "g"},
    }
    return {
        code: AttributeFactory.create(code=code, name=code.title(), **kind)
        for code, kind in kinds.items()
    }


SAID = {
    "Origin": {"country": ["Japan"]},
    "finish": "Matt",
    "glaze": ["oat", "sky"],
    "material": "oak",
    "oven-safe": False,
    "weight": 412.5,
}


@pytest.mark.usefixtures("of_each")
def test_values_are_written_by_code_and_all_else_is_a_fact(manager_client: APIClient) -> None:
    response = manager_client.post(STAFF, {"name": "Mug", "attributes": SAID})

    assert (response.status_code, response.json()["attributes"]) == (201, SAID)
    product = Product.objects.get()
    assert product.attributes == {"Origin": {"country": ["Japan"]}}
    assert product.attribute_values.count() == 6
    assert product.attribute_values.get(type="number").number == Decimal("412.5")


def test_a_change_replaces_all_that_was_said(
    manager_client: APIClient, of_each: dict[str, Attribute]
) -> None:
    manager_client.post(STAFF, {"name": "Mug", "attributes": SAID})
    product = Product.objects.get()
    kept = product.attribute_values.get(choice__code="sky").pk

    said = {"glaze": "sky", "weight": 410, "Care": "By hand"}
    response = manager_client.patch(f"{STAFF}{product.pk}/", {"attributes": said})
    again = manager_client.patch(f"{STAFF}{product.pk}/", {"attributes": said})

    assert response.json()["attributes"] == said
    assert again["ETag"] == response["ETag"]
    assert product.attribute_values.get(choice__code="sky").pk == kept
    assert product.attribute_values.count() == 2


@pytest.mark.usefixtures("of_each")
def test_a_value_is_a_part_of_the_version(manager_client: APIClient) -> None:
    made = manager_client.post(STAFF, {"name": "Mug", "attributes": SAID})
    page = f"{STAFF}{made.json()['id']}/"
    manager_client.patch(page, {"attributes": {**SAID, "weight": 1}})

    late = manager_client.patch(page, {"name": "Cup"}, headers={"If-Match": made["ETag"]})

    assert late.status_code == 412


@pytest.mark.usefixtures("of_each")
def test_names_and_labels_mean_the_same(manager_client: APIClient) -> None:
    said = {" MATERIAL": "PINE", "Glaze": ["Sky"]}

    response = manager_client.post(STAFF, {"name": "Mug", "attributes": said})

    assert response.json()["attributes"] == {"glaze": "sky", "material": "pine"}


def test_everything_that_is_no_value_is_named_at_once(
    manager_client: APIClient, of_each: dict[str, Attribute]
) -> None:
    AttributeFactory.create(code="hardy", type="boolean", categories=[CategoryFactory.create()])
    said = {
        "finish": 5,
        "glaze": ["oat", "mud"],
        "material": "steel",
        "Material": "oak",
        "oven-safe": "yes",
        "weight": "412",
        "hardy": True,
    }

    response = manager_client.post(STAFF, {"name": "Mug", "attributes": said})

    assert response.status_code == 400
    assert {(fault["pointer"], fault["code"]) for fault in response.json()["errors"]} == {
        ("/attributes/finish", "not_text"),
        ("/attributes/glaze", "unknown_choice"),
        ("/attributes/material", "unknown_choice"),
        ("/attributes/oven-safe", "not_a_boolean"),
        ("/attributes/weight", "not_a_number"),
        ("/attributes/hardy", "not_in_category"),
    }
    details = {fault["pointer"]: fault["detail"] for fault in response.json()["errors"]}
    assert details["/attributes/material"] == "This has no choice “steel”, but oak, pine."
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("code", "value", "fault"),
    [
        ("weight", 1e9, "not_a_number"),
        ("weight", -(10**15), "not_a_number"),
        ("weight", 0.0000001, "not_a_number"),
        ("weight", True, "not_a_number"),
        ("weight", [1], "not_a_number"),
        ("weight", {"g": 1}, "not_a_number"),
        ("oven-safe", 1, "not_a_boolean"),
        ("finish", "x" * 1001, "too_long"),
        ("finish", "a\u202eb", "unprintable"),
        ("finish", "two\nlines", "unprintable"),
        ("material", {"oak": 1}, "not_text"),
        ("material", ["oak", 7], "not_text"),
        ("material", ["oak", None], "not_text"),
    ],
)
@pytest.mark.usefixtures("of_each")
def test_hostile_values_are_refused(
    manager_client: APIClient, code: str, value: Any, fault: str
) -> None:
    response = manager_client.post(STAFF, {"name": "Mug", "attributes": {code: value}})

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == fault


@pytest.mark.parametrize("value", [None, "", []])
@pytest.mark.usefixtures("of_each")
def test_nothing_is_no_value(manager_client: APIClient, value: Any) -> None:
    response = manager_client.post(STAFF, {"name": "Mug", "attributes": {"material": value}})

    assert (response.status_code, response.json()["attributes"]) == (201, {})


@pytest.mark.parametrize("number", [0, -1, 0.000001, 999999999.999999, 123456789.012345])
@pytest.mark.usefixtures("of_each")
def test_numbers_come_back_as_they_were_sent(manager_client: APIClient, number: float) -> None:
    response = manager_client.post(STAFF, {"name": "Mug", "attributes": {"weight": number}})

    assert response.json()["attributes"]["weight"] == number


def test_an_attribute_holds_for_its_categories_and_those_below(manager_client: APIClient) -> None:
    home = CategoryFactory.create(slug="home")
    CategoryFactory.create(slug="mugs", parent=home)
    CategoryFactory.create(slug="garden")
    AttributeFactory.create(code="oven-safe", type="boolean", categories=[home])
    said = {"name": "Mug", "attributes": {"oven-safe": True}}

    below = manager_client.post(STAFF, {**said, "category": "mugs"})
    elsewhere = manager_client.post(STAFF, {**said, "category": "garden"})
    moved = manager_client.patch(f"{STAFF}{below.json()['id']}/", {"category": "garden"})
    kept = manager_client.patch(
        f"{STAFF}{below.json()['id']}/", {"attributes": {"oven-safe": False}}
    )

    assert (below.status_code, elsewhere.status_code) == (201, 400)
    # What was said of it stays when it moves, and can still be changed.
    assert moved.json()["attributes"] == {"oven-safe": True}
    assert kept.json()["attributes"] == {"oven-safe": False}


def test_a_fact_that_is_older_than_the_attribute_stays_until_it_is_written_anew(
    manager_client: APIClient,
) -> None:
    facts = {"Material": "Unobtainium", "Weight": "400 g"}
    product = ProductFactory.create(attributes=facts)
    AttributeFactory.create(code="material", name="Material", choices=["Oak"])
    page = f"{STAFF}{product.pk}/"

    same = manager_client.patch(page, {"attributes": facts})
    other = manager_client.patch(page, {"attributes": {"Material": "Iron"}})
    value = manager_client.patch(page, {"attributes": {**facts, "Material": "Oak"}})

    assert same.json()["attributes"] == facts
    assert other.status_code == 400
    assert value.json()["attributes"] == {"material": "oak", "Weight": "400 g"}


def test_the_page_of_a_product_lists_them_in_their_order(
    api_client: APIClient, of_each: dict[str, Attribute]
) -> None:
    product = VariantFactory.create(product__attributes={"Origin": "Japan"}).product
    Attribute.objects.filter(code="weight").update(position=0)
    Attribute.objects.exclude(code="weight").update(position=1)
    values = {name: value for name, value in SAID.items() if name != "Origin"}
    say({product: {of_each[code]: value for code, value in values.items()}})

    page = api_client.get(f"/api/v1/products/{product.slug}/").json()

    def entry(code: str, kind: str, value: Any, label: str, **more: str) -> dict[str, Any]:
        shown = {"code": code, "name": code.title(), "type": kind, "value": value, "label": label}
        return {**shown, "unit": None, "color": None, **more}

    assert page["attributes"] == {"Origin": "Japan"}
    assert page["attribute_values"] == [
        entry("weight", "number", 412.5, "412.5 g", unit="g"),
        entry("finish", "text", "Matt", "Matt"),
        entry("glaze", "color", "oat", "Oat", color="#4F6174"),
        entry("glaze", "color", "sky", "Sky", color="#536B79"),
        entry("material", "choice", "oak", "Oak"),
        {**entry("oven-safe", "boolean", None, "No"), "value": False},
    ]


WRONG = [
    ("two values", "{text}, 'text', 'Matt', 1, NULL, NULL"),
    ("no value", "{text}, 'text', NULL, NULL, NULL, NULL"),
    ("empty text", "{text}, 'text', '', NULL, NULL, NULL"),
    ("value of another type", "{text}, 'text', NULL, 1, NULL, NULL"),
    ("type of another attribute", "{text}, 'number', NULL, 1, NULL, NULL"),
    ("type that is none", "{text}, 'sound', NULL, NULL, NULL, NULL"),
    ("choice of another attribute", "{material}, 'choice', NULL, NULL, NULL, {sky}"),
    ("choice that is none", "{material}, 'choice', NULL, NULL, NULL, 0"),
    ("choice for a text", "{text}, 'text', NULL, NULL, NULL, {oak}"),
    ("attribute that is none", "0, 'text', 'x', NULL, NULL, NULL"),
]


@pytest.mark.parametrize("wrong", [row for _, row in WRONG], ids=[name for name, _ in WRONG])
def test_the_database_refuses_what_is_no_value(of_each: dict[str, Attribute], wrong: str) -> None:
    """Whoever writes it: the row that is right goes in the same way, and only once."""
    ids = {
        "text": of_each["finish"].pk,
        "material": of_each["material"].pk,
        "oak": of_each["material"].choices.get(code="oak").pk,
        "sky": of_each["glaze"].choices.get(code="sky").pk,
    }
    product = ProductFactory.create()

    def write(row: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO catalog_productattributevalue"  # noqa: S608 - rows of this file
                ' (product_id, attribute_id, type, text, number, "boolean", choice_id)'
                f" VALUES ({product.pk}, {row.format(**ids)})"
            )

    right = "{material}, 'choice', NULL, NULL, NULL, {oak}"
    write(right)
    for refused in (wrong, right):
        with pytest.raises(IntegrityError):
            write(refused)

    assert ProductAttributeValue.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalog_attribute SET type = 'text'",
        "UPDATE catalog_attributechoice SET type = 'color', color = '#FFFFFF'",
        "UPDATE catalog_attributechoice SET color = '#FFFFFF'",
        "UPDATE catalog_attribute SET unit = 'g'",
        "UPDATE catalog_attribute SET code = 'two.parts'",
        "DELETE FROM catalog_attributechoice",
        "DELETE FROM catalog_attribute",
    ],
)
def test_what_values_stand_on_cannot_be_pulled_away(statement: str) -> None:
    attribute = AttributeFactory.create(code="material", choices=["Oak"])
    say({ProductFactory.create(): {attribute: "oak"}})

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_values_go_with_their_product_whoever_deletes_it() -> None:
    attribute = AttributeFactory.create(choices=["Oak"])
    kept, gone, lost = ProductFactory.create_batch(3)
    say({product: {attribute: "oak"} for product in (kept, gone, lost)})

    gone.delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalog_product WHERE id = %s", [lost.pk])

    assert ProductAttributeValue.objects.get().product == kept
