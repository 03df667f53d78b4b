from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from orders.tests.factories import ShippingMethodFactory, ShippingRateFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/shipping-methods/"


def test_a_country_is_offered_its_own_rate_and_else_that_of_everywhere(
    api_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    express = ShippingMethodFactory.create(code="express", name="Express", position=2)
    post = ShippingMethodFactory.create(code="post", name="Post", position=1)
    off = ShippingMethodFactory.create(code="off", is_active=False)
    ShippingRateFactory.create(method=express, country="GB", amount=Decimal("20"))
    ShippingRateFactory.create(method=post, country="", amount=Decimal("9.5"))
    ShippingRateFactory.create(method=post, country="GB", amount=Decimal("4"))
    ShippingRateFactory.create(method=post, country="GB", currency="EUR", amount=Decimal("3"))
    ShippingRateFactory.create(method=off)

    with django_assert_num_queries(1):
        britain = api_client.get(URL, {"country": "GB"}).json()
    elsewhere = api_client.get(URL, {"country": "NZ", "currency": "USD"}).json()
    in_euro = api_client.get(URL, {"country": "GB", "currency": "EUR"}).json()

    assert britain == [
        {"code": "post", "name": "Post", "amount": "4.00", "currency": "USD"},
        {"code": "express", "name": "Express", "amount": "20.00", "currency": "USD"},
    ]
    assert elsewhere == [{"code": "post", "name": "Post", "amount": "9.50", "currency": "USD"}]
    assert in_euro == [{"code": "post", "name": "Post", "amount": "3.00", "currency": "EUR"}]


def test_nothing_is_offered_where_the_shop_does_not_ship(api_client: APIClient) -> None:
    ShippingRateFactory.create(country="GB")

    assert api_client.get(URL, {"country": "DE"}).json() == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": "gb"}, "country"),
        ({"country": "GBR"}, "country"),
        ({"country": "G\0"}, "country"),
        ({"country": "GB", "currency": "XXY"}, "currency"),
        ({"country": "GB", "currency": ""}, "currency"),
        ({"country": "GB", "currency": "EURO"}, "currency"),
    ],
)
def test_a_place_or_a_currency_that_does_not_exist_is_refused(
    api_client: APIClient, query: dict[str, Any], parameter: str
) -> None:
    response = api_client.get(URL, query)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert {fault["pointer"] for fault in response.json()["errors"]} == {parameter}
