from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Attribute, AttributeChoice
from catalog.tests.factories import AttributeFactory, CategoryFactory, ProductFactory, say

pytestmark = pytest.mark.django_db
LIST = "/api/v1/staff/attributes/"


def url(attribute: Attribute) -> str:
    return f"{LIST}{attribute.pk}/"


def faults(response: Any) -> set[tuple[str, str]]:
    return {(fault["pointer"], fault["code"]) for fault in response.json()["errors"]}


def test_an_attribute_is_added_with_what_it_offers(manager_client: APIClient) -> None:
    CategoryFactory.create(slug="mugs")
    body = {
        "code": "glaze",
        "name": "Glaze",
        "type": "color",
        "is_filterable": True,
        "categories": ["mugs"],
        "choices": [
            {"label": "Oat", "color": "#e9dfc9"},
            {"code": "deep-blue", "label": "Blue", "color": "#27364F"},
        ],
    }

    response = manager_client.post(LIST, body)

    assert response.status_code == 201
    assert response.json() == {
        **body,
        "id": Attribute.objects.get().pk,
        "unit": "",
        "is_searchable": False,
        "position": 0,
        "choices": [
            {"code": "oat", "label": "Oat", "color": "#E9DFC9"},
            {"code": "deep-blue", "label": "Blue", "color": "#27364F"},
        ],
    }
    assert manager_client.get(url(Attribute.objects.get()))["ETag"] == response["ETag"]


def test_without_a_code_the_name_makes_one(manager_client: APIClient) -> None:
    added = manager_client.post(LIST, {"name": "Dishwasher-safe", "type": "boolean"})
    greek = manager_client.post(LIST, {"name": "Βάρος", "type": "number"})

    assert added.json()["code"] == "dishwasher-safe"
    assert (greek.status_code, faults(greek)) == (400, {("/code", "required")})


def test_the_list_costs_the_same_however_many_there_are(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    home = CategoryFactory.create(slug="home")
    lamps = CategoryFactory.create(slug="lamps", parent=home)
    for number in range(5):
        AttributeFactory.create(name=f"A{number}", position=9 - number, categories=[home, lamps])

    # Session, two of permissions, count, page, choices, ties.
    with django_assert_num_queries(7):
        listed = manager_client.get(LIST).json()["results"]

    assert [row["name"] for row in listed] == ["A4", "A3", "A2", "A1", "A0"]
    assert listed[0]["categories"] == ["home", "lamps"]


def test_the_list_is_searched_and_told_for_a_category(manager_client: APIClient) -> None:
    home = CategoryFactory.create(slug="home")
    lamps = CategoryFactory.create(slug="lamps", parent=home)
    garden = CategoryFactory.create(slug="garden")
    AttributeFactory.create(name="Everywhere")
    AttributeFactory.create(name="At home", code="domestic", categories=[home])
    AttributeFactory.create(name="Bulbs", categories=[lamps])
    AttributeFactory.create(name="Hardy", categories=[garden])

    def names(**query: str) -> list[str]:
        return sorted(row["name"] for row in manager_client.get(LIST, query).json()["results"])

    assert names(category="lamps") == ["At home", "Bulbs", "Everywhere"]
    assert names(category="home") == ["At home", "Everywhere"]
    assert names(search="MEST") == ["At home"]
    assert names(search="hard") == ["Hardy"]


def test_a_code_and_a_name_are_taken_once(manager_client: APIClient) -> None:
    AttributeFactory.create(name="Material", code="material")

    same_code = manager_client.post(LIST, {"name": "Stuff", "code": "material", "type": "text"})
    same_name = manager_client.post(LIST, {"name": "MATERIAL", "code": "m", "type": "text"})

    for response, pointer in ((same_code, "/code"), (same_name, "/name")):
        assert (response.status_code, response.json()["code"]) == (409, "attribute_exists")
        assert faults(response) == {(pointer, "attribute_exists")}
    assert Attribute.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"type": "text", "unit": "g"}, {("/unit", "not_of_type")}),
        ({"type": "text", "is_filterable": True}, {("/is_filterable", "not_of_type")}),
        ({"type": "number", "is_searchable": True}, {("/is_searchable", "not_of_type")}),
        ({"type": "boolean", "choices": [{"label": "x"}]}, {("/choices", "not_of_type")}),
        (
            {"type": "color", "unit": "g", "choices": [{"label": "Red"}]},
            {("/unit", "not_of_type"), ("/choices/0/color", "required")},
        ),
        (
            {"type": "choice", "choices": [{"label": "Red", "color": "#FF0000"}]},
            {("/choices/0/color", "not_of_type")},
        ),
        (
            {"type": "choice", "choices": [{"label": "A b"}, {"label": "a B", "code": "a-b"}]},
            {("/choices/1/code", "repeated"), ("/choices/1/label", "repeated")},
        ),
        ({"type": "choice", "choices": [{"label": "赤"}]}, {("/choices/0/code", "required")}),
        ({"type": "choice", "code": "Not plain"}, {("/code", "invalid")}),
        ({"type": "choice", "code": "two.parts"}, {("/code", "invalid")}),
        ({"type": "sound"}, {("/type", "invalid_choice")}),
        (
            {"type": "color", "choices": [{"label": "x", "color": "red"}]},
            {("/choices/0/color", "invalid")},
        ),
        ({"type": "text", "categories": ["nowhere"]}, {("/categories/0", "does_not_exist")}),
    ],
)
def test_what_makes_no_sense_is_refused_all_at_once(
    manager_client: APIClient, body: dict[str, Any], wrong: set[tuple[str, str]]
) -> None:
    response = manager_client.post(LIST, {"name": "Some", **body})

    assert (response.status_code, faults(response)) == (400, wrong)
    assert not Attribute.objects.exists()


def test_choices_are_known_by_their_codes(manager_client: APIClient) -> None:
    attribute = AttributeFactory.create(choices=["Oak", "Pine", "Elm"])
    oak = attribute.choices.get(code="oak").pk

    response = manager_client.patch(
        url(attribute),
        {"choices": [{"label": "Beech"}, {"code": "oak", "label": "English oak"}]},
    )

    assert response.json()["choices"] == [
        {"code": "beech", "label": "Beech", "color": None},
        {"code": "oak", "label": "English oak", "color": None},
    ]
    assert attribute.choices.get(code="oak").pk == oak


def test_a_choice_that_products_have_stays(manager_client: APIClient) -> None:
    attribute = AttributeFactory.create(choices=["Oak", "Pine"])
    say({ProductFactory.create(): {attribute: "oak"}})

    used = manager_client.patch(url(attribute), {"choices": [{"label": "Pine"}]})
    unused = manager_client.patch(url(attribute), {"choices": [{"label": "Oak"}]})

    assert (used.status_code, used.json()["code"]) == (409, "still_in_use")
    assert "oak" in used.json()["detail"]
    assert unused.status_code == 200
    assert list(AttributeChoice.objects.values_list("code", flat=True)) == ["oak"]


def test_only_an_attribute_that_no_product_has_is_deleted(manager_client: APIClient) -> None:
    attribute = AttributeFactory.create()
    product = ProductFactory.create()
    say({product: {attribute: "red"}})

    refused = manager_client.delete(url(attribute))
    say({product: {}})
    deleted = manager_client.delete(url(attribute))

    assert (refused.status_code, refused.json()["code"]) == (409, "still_in_use")
    assert deleted.status_code == 204
    assert not AttributeChoice.objects.exists()


def test_code_and_type_stay(manager_client: APIClient) -> None:
    attribute = AttributeFactory.create(name="Material")

    response = manager_client.patch(url(attribute), {"code": "stuff", "type": "text"})

    assert response.status_code == 400
    assert faults(response) == {("/code", "unknown_field"), ("/type", "unknown_field")}


def test_an_attribute_is_changed_only_as_it_was_seen(manager_client: APIClient) -> None:
    attribute = AttributeFactory.create(name="Material", choices=["Oak"])
    seen = manager_client.get(url(attribute))["ETag"]
    manager_client.patch(url(attribute), {"choices": [{"label": "Oak"}, {"label": "Pine"}]})

    late = manager_client.patch(url(attribute), {"name": "X"}, headers={"If-Match": seen})
    gone = manager_client.delete(url(attribute), headers={"If-Match": seen})

    assert (late.status_code, gone.status_code) == (412, 412)
    attribute.refresh_from_db()
    assert attribute.name == "Material"


def test_a_category_that_attributes_are_for_is_not_deleted(manager_client: APIClient) -> None:
    mugs = CategoryFactory.create(slug="mugs")
    attribute = AttributeFactory.create(categories=[mugs])
    address = f"/api/v1/staff/categories/{mugs.pk}/"

    refused = manager_client.delete(address)
    manager_client.patch(url(attribute), {"categories": []})

    assert (refused.status_code, refused.json()["code"]) == (409, "still_in_use")
    assert manager_client.delete(address).status_code == 204


def test_being_staff_opens_nothing(clerk_client: APIClient) -> None:
    attribute = AttributeFactory.create()

    assert clerk_client.get(LIST).status_code == 403
    assert clerk_client.post(LIST, {"name": "X", "type": "text"}).status_code == 403
    assert clerk_client.patch(url(attribute), {"name": "X"}).status_code == 403
    assert clerk_client.delete(url(attribute)).status_code == 403
