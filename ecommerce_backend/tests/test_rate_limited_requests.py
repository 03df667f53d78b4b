"""What somebody sees who asks too often."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from ecommerce_backend.env_limits import Rate
from users.services import sessions
from users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

PRODUCTS = "/api/v1/products/"


def limit(settings: Settings, **quotas: int) -> None:
    """Set limits per minute by name, with _ for -."""
    changed = {name.replace("_", "-"): Rate(quota, 60) for name, quota in quotas.items()}
    settings.RATE_LIMITS = settings.RATE_LIMITS | changed


def test_every_answer_says_how_the_limit_stands(settings: Settings, api_client: APIClient) -> None:
    limit(settings, address=9)
    paths = [PRODUCTS, "/api/v1/nowhere/", "/api/v1/users/me/", "/api/v1/products/?page=none"]

    answers = [api_client.get(path) for path in paths]
    etag = answers[0]["ETag"]
    answers.append(api_client.get(PRODUCTS, headers={"If-None-Match": etag}))
    answers.append(api_client.put(PRODUCTS))

    assert [answer.status_code for answer in answers] == [200, 404, 401, 400, 304, 405]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"address";q=9;w=60'}
    left = [answer["RateLimit"].partition(";t=")[0] for answer in answers]
    assert left == [f'"address";r={number}' for number in (8, 7, 6, 5, 4, 3)]


def test_one_too_many_is_refused_with_when_to_come_again(
    settings: Settings, api_client: APIClient
) -> None:
    limit(settings, address=1)
    api_client.get(PRODUCTS)

    response = api_client.get(PRODUCTS)

    problem: dict[str, Any] = response.json()
    wait = int(response["Retry-After"])
    assert (response.status_code, response["Content-Type"]) == (429, "application/problem+json")
    assert (problem["code"], problem["status"]) == ("rate_limited", 429)
    assert problem["violated-policies"] == ["address"]
    assert problem["retry_after"] == wait
    assert 58 <= wait <= 60
    assert response["RateLimit"] == f'"address";r=0;t={wait}'
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_people_get_a_page(settings: Settings, browser: Client) -> None:
    limit(settings, address=1)
    browser.get("/admin/login/")

    response = browser.get("/admin/login/")

    assert response.status_code == 429
    assert response["Content-Type"].startswith("text/html")
    assert int(response["Retry-After"]) >= 58


def test_the_user_is_counted_wherever_he_is_and_even_when_refused(
    settings: Settings, api_client: APIClient
) -> None:
    limit(settings, user=2)
    pair = sessions.open_session(user=UserFactory.create(), address="", user_agent="")
    api_client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    addresses = [f"198.51.100.{number}" for number in range(3)]

    answers = [api_client.get("/api/v1/staff/stock/", REMOTE_ADDR=address) for address in addresses]

    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert answers[0]["RateLimit-Policy"] == '"address";q=100000;w=60, "user";q=2;w=60'
    assert answers[2].json()["violated-policies"] == ["user"]


def test_a_network_of_ipv6_counts_as_one(settings: Settings, api_client: APIClient) -> None:
    limit(settings, address=2)

    answers = [
        api_client.get(PRODUCTS, REMOTE_ADDR=f"2001:db8:0:{network}::{host:x}")
        for network, host in [(1, 1), (1, 2), (1, 3), (2, 1)]
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]


def test_tokens_that_open_nothing_are_counted(settings: Settings, api_client: APIClient) -> None:
    limit(settings, token_misses=3)
    guesses = [
        api_client.get("/api/v1/cart/", headers={"X-Cart-Token": "a-guess"}),
        api_client.get("/api/v1/orders/8K2MZ4T7QA/", headers={"X-Order-Token": "a-guess"}),
        api_client.get("/api/v1/orders/8K2MZ4T7QB/"),
        api_client.get("/api/v1/cart/", headers={"X-Cart-Token": "another"}),
    ]

    assert [guess.status_code for guess in guesses] == [200, 404, 404, 429]
    assert guesses[3].json()["violated-policies"] == ["token-misses"]
    assert api_client.get("/api/v1/cart/").status_code == 200
    assert api_client.get(PRODUCTS, headers={"X-Cart-Token": "another"}).status_code == 200


def test_a_cart_that_is_gone_keeps_nobody_from_signing_in(
    settings: Settings, api_client: APIClient
) -> None:
    limit(settings, token_misses=1)
    form = {"email": UserFactory.create().email, "password": PASSWORD}
    api_client.get("/api/v1/cart/", headers={"X-Cart-Token": "gone"})

    response = api_client.post("/api/v1/auth/login/", form, headers={"X-Cart-Token": "gone"})

    assert response.status_code == 200
