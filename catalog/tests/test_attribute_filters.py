"""Filters whose names are data: what they find, and what is refused of them."""

from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import Attribute
from catalog.tests.factories import AttributeFactory, VariantFactory, say
from catalog.tests.test_facets import FACETS
from catalog.tests.test_list_products import URL, names
from ecommerce_backend.tests import crashers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf() -> None:
    material = AttributeFactory.create(
        code="material", choices=["Oak", "Pine", "Elm"], is_filterable=True
    )
    weight = AttributeFactory.create(code="weight", type="number", unit="g", is_filterable=True)
    washable = AttributeFactory.create(code="washable", type="boolean", is_filterable=True)
    finish = AttributeFactory.create(code="finish", choices=["Matt"])
    shelf: dict[str, dict[Attribute, Any]] = {
        "Bowl": {material: "oak", weight: 400, washable: True, finish: "matt"},
        "Chair": {material: ["pine", "elm"], weight: 4200.5, washable: False},
        "Lamp": {weight: 800},
        "Mug": {},
    }
    for name, said in shelf.items():
        say({VariantFactory.create(product__name=name).product: said})


def found(client: APIClient, query: str) -> list[str]:
    response = client.get(f"{URL}?ordering=name&{query}")
    assert response.status_code == 200, response.content
    return [card["name"] for card in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("attr.material=oak", ["Bowl"]),
        ("attr.material=oak,elm", ["Bowl", "Chair"]),
        ("attr.material=oak&attr.material=elm", ["Bowl", "Chair"]),
        ("attr.material=oak%2Celm&attr.material=oak", ["Bowl", "Chair"]),
        ("attr.material=pine,elm", ["Chair"]),
        ("attr.weight.min=800", ["Chair", "Lamp"]),
        ("attr.weight.max=800", ["Bowl", "Lamp"]),
        ("attr.weight.min=400.000001&attr.weight.max=4200.499999", ["Lamp"]),
        ("attr.weight.min=900&attr.weight.max=800", []),
        ("attr.weight=800,4200.5", ["Chair", "Lamp"]),
        ("attr.weight=-1", []),
        ("attr.washable=true", ["Bowl"]),
        ("attr.washable=false", ["Chair"]),
        ("attr.washable=true,false", ["Bowl", "Chair"]),
        ("attr.material=oak,pine&attr.washable=false", ["Chair"]),
    ],
)
def test_products_meet_all_attributes_each_by_any_of_its_values(
    api_client: APIClient, query: str, expected: list[str]
) -> None:
    assert found(api_client, query) == expected


def test_pages_and_walks_keep_the_filters(api_client: APIClient) -> None:
    query = "attr.weight.min=1&attr.material=oak&attr.material=pine&page_size=1"
    seen: list[str] = []
    for way in ("page=1", "cursor="):
        address = f"{URL}?ordering=name&{query}&{way}"
        while address:
            page = api_client.get(address).json()
            seen += [card["name"] for card in page["results"]]
            address = page["next"]

    assert seen == ["Bowl", "Chair"] * 2


def test_a_list_costs_one_query_more_whatever_is_asked_for(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        names(api_client)
    with django_assert_num_queries(4):
        names(api_client, **{"attr.material": "oak"})
    with django_assert_num_queries(4):
        names(
            api_client,
            **{
                "attr.material": "oak,pine,elm",
                "attr.weight.min": "1",
                "attr.weight.max": "9999",
                "attr.washable": "true,false",
            },
        )


@pytest.mark.parametrize("address", [URL, FACETS])
@pytest.mark.parametrize(
    ("query", "pointer", "code", "detail"),
    [
        (
            "attr.colour=red",
            "attr.colour",
            "unknown_attribute",
            "There is no such attribute to filter by, but material, washable, weight.",
        ),
        (
            "attr.finish=matt",
            "attr.finish",
            "unknown_attribute",
            "There is no such attribute to filter by, but material, washable, weight.",
        ),
        (
            "attr.material=oak,teak",
            "attr.material",
            "unknown_choice",
            "There is no choice 'teak', but oak, pine, elm.",
        ),
        ("attr.material.min=1", "attr.material.min", "not_of_type", "Only numbers have bounds."),
        ("attr.washable=yes", "attr.washable", "invalid", "Use true or false."),
        ("attr.weight=1e3", "attr.weight", "invalid", "Use a plain number, such as 2.5."),
        ("attr.weight.max=１", "attr.weight.max", "invalid", "Use a plain number, such as 2.5."),
        ("attr.weight.min=1&attr.weight.min=2", "attr.weight.min", "invalid", "Give it once."),
        ("attr.material=oak,", "attr.material", "invalid", "A value is empty."),
        (
            "attr.weight=" + ",".join(map(str, range(51))),
            "attr.weight",
            "invalid",
            "Give at most 50 values.",
        ),
        (
            "&".join(f"attr.a{n}=1" for n in range(21)),
            "attr",
            "invalid",
            "Filter by at most 20 attributes.",
        ),
    ],
)
def test_what_is_not_known_is_refused_with_what_there_is(
    api_client: APIClient, address: str, query: str, pointer: str, code: str, detail: str
) -> None:
    response = api_client.get(f"{address}?{quote(query, safe='=&,.')}")

    assert response.status_code == 400
    assert response.json()["errors"] == [{"pointer": pointer, "code": code, "detail": detail}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("attr=oak", "unknown_parameter"),
        ("attr.=oak", "unknown_parameter"),
        ("attr.Material=oak", "unknown_parameter"),
        ("attr.material.least=oak", "unknown_parameter"),
        ("attr.material.min.max=1", "unknown_parameter"),
        ("attr.material%00=oak", "unknown_parameter"),
        ("attr." + "a" * 10_000 + "=oak", "unknown_parameter"),
        ("attr.material=", "malformed_parameter"),
        ("attr.material=oa%00k", "malformed_parameter"),
        ("attr.material=%ff", "malformed_parameter"),
        ("&".join(f"attr.a{n}=1" for n in range(51)), "malformed_parameter"),
    ],
)
def test_what_is_no_parameter_is_refused(api_client: APIClient, query: str, code: str) -> None:
    response = api_client.get(f"{URL}?{query}")

    assert response.status_code == 400
    assert [fault["code"] for fault in response.json()["errors"]] == [code]
    assert len(response.content) < 1000


@pytest.mark.parametrize(
    "name", ["attr.material", "attr.weight", "attr.weight.min", "attr.washable"]
)
def test_no_value_crashes_the_shop(api_client: APIClient, name: str) -> None:
    statuses = {
        api_client.get(f"{address}?{name}={value}").status_code
        for value in (*crashers.QUERY_VALUES.values(), "x" * 10_000, "1" * 10_000, "," * 10_000)
        for address in (URL, FACETS)
    }

    assert statuses <= {200, 400}
    assert 400 in statuses


def test_a_value_that_was_chosen_is_told_though_nothing_is_left_of_it(
    api_client: APIClient,
) -> None:
    Attribute.objects.filter(code="material").update(name="Material", position=1)
    told: dict[str, Any] = api_client.get(
        FACETS, {"attr.material": "pine", "attr.washable": "true"}
    ).json()

    assert told["count"] == 0
    assert [facet["code"] for facet in told["attributes"]] == ["washable", "material"]
    assert told["attributes"][1] == {
        "code": "material",
        "name": "Material",
        "type": "choice",
        "unit": None,
        "range": None,
        "values": [
            {"value": "oak", "label": "Oak", "color": None, "count": 1},
            {"value": "pine", "label": "Pine", "color": None, "count": 0},
        ],
    }
