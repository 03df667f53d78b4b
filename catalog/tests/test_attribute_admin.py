from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import Attribute, AttributeChoice, Product
from catalog.services.attributes.values import as_written, rows_of
from catalog.tests.admin_forms import errors_of, formset
from catalog.tests.factories import AttributeFactory, CategoryFactory, ProductFactory, say
from catalog.tests.test_product_admin import product_form

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/attribute/"
PRODUCTS = "/admin/catalog/product/"


def page_of(attribute: Attribute) -> str:
    return reverse("admin:catalog_attribute_change", args=[attribute.pk])


def said(product: Product) -> dict[str, Any]:
    return {**product.attributes, **as_written(rows_of([product.pk]))}


def test_an_attribute_is_added_and_leads_on_to_its_choices(admin: Client) -> None:
    mugs = CategoryFactory.create()
    typed = {
        "name": "Glaze",
        "code": "glaze",
        "type": "color",
        "is_filterable": "on",
        "position": 3,
        "categories": [mugs.pk],
    }

    added = admin.post(f"{LIST}add/", typed)

    attribute = Attribute.objects.get()
    assert added["Location"] == page_of(attribute)
    assert (attribute.code, attribute.is_filterable, attribute.position) == ("glaze", True, 3)
    assert list(attribute.categories.values_list("pk", flat=True)) == [mugs.pk]


def test_choices_are_added_with_their_colours(admin: Client) -> None:
    attribute = AttributeFactory.create(name="Glaze", type="color", choices=["Oat"])
    oat = attribute.choices.get()
    rows = formset(
        "choices",
        {
            "id": oat.pk,
            "attribute": attribute.pk,
            "label": "Oats",
            "color": "#e9dfc9",
            "position": 1,
        },
        {"attribute": attribute.pk, "label": "Sky blue", "color": "#9cc0d9", "position": 0},
        initial=1,
    )

    response = admin.post(page_of(attribute), {"name": "Glaze", "position": 0, **rows})

    assert response.status_code == 302, errors_of(response)
    choices = AttributeChoice.objects.order_by("position")
    assert list(choices.values_list("code", "label", "color", "type")) == [
        ("sky-blue", "Sky blue", "#9CC0D9", "color"),
        ("oat", "Oats", "#E9DFC9", "color"),
    ]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"type": "text", "unit": "g"}, "Only numbers have a unit."),
        ({"type": "text", "is_filterable": "on"}, "Text cannot be filtered by"),
        ({"type": "number", "is_searchable": "on"}, "Numbers are not searched."),
        ({"type": "text", "code": "Not plain"}, "attribute_code_plain"),
        ({"type": "text", "name": "MATERIAL"}, "attribute_name_once"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    admin: Client, typed: dict[str, str], error: str
) -> None:
    AttributeFactory.create(name="Material", code="material")

    response = admin.post(f"{LIST}add/", {"name": "Some", "code": "some", "position": 0, **typed})

    assert error in errors_of(response)
    assert Attribute.objects.count() == 1


def test_what_products_have_is_neither_deleted_nor_another_thing(admin: Client) -> None:
    attribute = AttributeFactory.create(code="material", choices=["Oak"])
    oak = attribute.choices.get()
    say({ProductFactory.create(): {attribute: "oak"}})
    row = {"id": oak.pk, "attribute": attribute.pk, "label": "Oak", "position": 0, "DELETE": "on"}
    sent = {"name": "Material", "position": 0, "code": "other", "type": "text"}

    deleted = admin.post(page_of(attribute), {**sent, **formset("choices", row, initial=1)})
    admin.post(f"{LIST}{attribute.pk}/delete/", {"post": "yes"})
    kept = {**row, "code": "elm"}
    del kept["DELETE"]
    admin.post(page_of(attribute), {**sent, **formset("choices", kept, initial=1)})

    assert "would require deleting the following protected" in errors_of(deleted)
    attribute.refresh_from_db()
    assert (attribute.name, attribute.code, attribute.type) == ("Material", "material", "choice")
    assert attribute.choices.get().code == "oak"


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_shows_what_each_offers_in_as_many_queries(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    shelf = CategoryFactory.create(name="Mugs")
    for number in range(rows):
        labels = [f"Choice {number}-{place}" for place in range(9)]
        AttributeFactory.create(type="color", choices=labels, categories=[shelf])

    with django_assert_num_queries(7):
        page = admin.get(LIST).content.decode()

    assert page.count("and 1 more") == rows
    assert page.count('<svg class="swatch"') == 8 * rows
    assert "Mugs" in page


@pytest.fixture(name="of_each")
def _of_each() -> dict[str, Attribute]:
    kinds: dict[str, dict[str, Any]] = {
        "finish": {"type": "text"},
        "glaze": {"type": "color", "choices": ["Oat", "Sky"]},
        "material": {"choices": ["Oak", "Elm"]},
        "washable": {"type": "boolean"},
        "weight": {"type": "number", "unit": "g"},
    }
    return {
        code: AttributeFactory.create(code=code, name=code.title(), **kind)
        for code, kind in kinds.items()
    }


def typed(of_each: dict[str, Attribute], **changes: Any) -> dict[str, Any]:
    choices = {choice.code: choice.pk for choice in AttributeChoice.objects.all()}
    return product_form(
        **{
            "attribute:finish": "Matt",
            "attribute:glaze": [choices["sky"], choices["oat"]],
            "attribute:material": [choices["elm"]],
            "attribute:washable": "False",
            "attribute:weight": "412.5",
            "attributes": '{"Origin": "Japan"}',
            **changes,
        }
    )


def test_a_product_has_a_field_for_each_attribute(
    admin: Client, of_each: dict[str, Attribute]
) -> None:
    added = admin.post(f"{PRODUCTS}add/", typed(of_each))

    assert added.status_code == 302, errors_of(added)
    product = Product.objects.get()
    assert said(product) == {
        "Origin": "Japan",
        "finish": "Matt",
        "glaze": ["oat", "sky"],
        "material": "elm",
        "washable": False,
        "weight": 412.5,
    }
    page = admin.get(f"{PRODUCTS}{product.pk}/change/").content.decode()
    assert 'value="412.5"' in page
    assert "Weight (g)" in page
    assert page.count("<rect") == 2


@pytest.mark.parametrize("more", [0, 7])
def test_more_attributes_cost_the_page_no_more_queries(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, more: int
) -> None:
    product = ProductFactory.create(category=CategoryFactory.create())
    colours = [AttributeFactory.create(type="color") for _ in range(1 + more)]
    say({product: {colour: ["red", "blue"] for colour in colours}})
    ContentType.objects.get_for_model(Product)  # asked for once in a process

    # Beside those of a page without: choices and ties, what the product has, its category, and
    # the choices for the fields.
    with django_assert_num_queries(13):
        page = admin.get(f"{PRODUCTS}{product.pk}/change/").content.decode()

    assert page.count("<rect") == 2 * len(colours)


def test_a_product_is_saved_as_it_is_shown_without_a_change(
    admin: Client, of_each: dict[str, Attribute]
) -> None:
    admin.post(f"{PRODUCTS}add/", typed(of_each))
    product = Product.objects.get()
    before = list(product.attribute_values.order_by("pk").values())

    same = admin.post(f"{PRODUCTS}{product.pk}/change/", typed(of_each))
    kept = list(product.attribute_values.order_by("pk").values())
    admin.post(
        f"{PRODUCTS}{product.pk}/change/",
        typed(of_each, **{"attribute:glaze": [], "attribute:washable": "", "attribute:weight": ""}),
    )

    assert same.status_code == 302
    assert kept == before
    assert said(product) == {"Origin": "Japan", "finish": "Matt", "material": "elm"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"attribute:weight": "heavy"}, "Enter a number."),
        ({"attribute:weight": "1e12"}, "Ensure that there are no more than"),
        ({"attribute:glaze": ["0"]}, "Select a valid choice."),
        ({"attribute:washable": "perhaps"}, "Select a valid choice."),
        ({"attribute:finish": "a\u202eb"}, "This has invisible or control characters."),
        (
            {"attributes": '{"MATERIAL": "Oak"}'},
            "“Material” is an attribute and has its own field.",
        ),
    ],
)
def test_what_is_no_value_is_said_at_its_field(
    admin: Client, of_each: dict[str, Attribute], changes: dict[str, Any], error: str
) -> None:
    response = admin.post(f"{PRODUCTS}add/", typed(of_each, **changes))

    assert error in errors_of(response)
    assert not Product.objects.exists()


def test_only_what_is_for_its_category_is_asked_and_what_was_said_stays(admin: Client) -> None:
    home, garden = CategoryFactory.create(), CategoryFactory.create()
    lamps = CategoryFactory.create(parent=home)
    bulbs = AttributeFactory.create(name="Bulbs", type="number", categories=[home])
    AttributeFactory.create(name="Hardy", type="boolean", categories=[garden])
    lamp = ProductFactory.create(category=lamps)
    chair = ProductFactory.create(category=garden)
    say({chair: {bulbs: 3}})

    pages = {
        product: admin.get(f"{PRODUCTS}{product.pk}/change/").content.decode()
        for product in (lamp, chair)
    }
    new = admin.get(f"{PRODUCTS}add/").content.decode()

    assert ("Bulbs" in pages[lamp], "Hardy" in pages[lamp]) == (True, False)
    assert ("Bulbs" in pages[chair], "Hardy" in pages[chair]) == (True, True)
    assert "Bulbs" not in new


def test_a_fact_that_is_older_than_its_attribute_may_stay(admin: Client) -> None:
    product = ProductFactory.create(attributes={"Material": "Iron"}, slug="arc-lamp")
    AttributeFactory.create(name="Material", choices=["Oak"])

    same = admin.post(
        f"{PRODUCTS}{product.pk}/change/", product_form(attributes='{"Material": "Iron"}')
    )

    assert same.status_code == 302
    assert said(product) == {"Material": "Iron"}
