import pytest
from django.conf import settings
from rest_framework.test import APIClient

from ecommerce_backend.common.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]


@pytest.fixture(autouse=True)
def _events() -> None:
    for number in range(101):
        Event.objects.create(type="probe", subject=f"{number:03}")


def test_a_page_holds_twenty_and_knows_its_neighbours(api_client: APIClient) -> None:
    page = api_client.get("/api/v1/events/?page=2").json()

    assert page["count"] == 101
    assert page["results"][0] == "020"
    assert len(page["results"]) == 20
    assert page["next"] == f"{settings.BASE_URL}/api/v1/events/?page=3"
    assert page["previous"] == f"{settings.BASE_URL}/api/v1/events/"


def test_a_page_holds_a_hundred_at_most(api_client: APIClient) -> None:
    assert len(api_client.get("/api/v1/events/?page_size=100").json()["results"]) == 100
    assert len(api_client.get("/api/v1/feed/?page_size=100").json()["results"]) == 100


@pytest.mark.parametrize(
    ("path", "pointer", "most"),
    [
        *[
            (f"/api/v1/events/?page={raw}", "page", 10_000)
            for raw in ["0", "-1", "x", "", "1.0", "10001", "%EF%BC%91", "9" * 4000, "last"]
        ],
        *[
            (f"/api/v1/{name}/?page_size={raw}", "page_size", 100)
            for name in ["events", "feed"]
            for raw in ["0", "-5", "ten", "", "101", "%EF%BC%91", "9" * 400]
        ],
    ],
)
def test_a_page_that_is_no_page_is_refused(
    api_client: APIClient, path: str, pointer: str, most: int
) -> None:
    response = api_client.get(path)

    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert response.json()["errors"] == [
        {
            "pointer": pointer,
            "code": "invalid",
            "detail": f"Use a whole number from 1 to {most}.",
        }
    ]


def test_a_page_past_the_last_is_not_there(api_client: APIClient) -> None:
    response = api_client.get("/api/v1/events/?page=7")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_a_feed_stays_right_while_rows_are_added(api_client: APIClient) -> None:
    first = api_client.get("/api/v1/feed/?page_size=50").json()
    Event.objects.create(type="probe", subject="late")
    second = api_client.get(first["next"]).json()
    third = api_client.get(second["next"]).json()

    seen = first["results"] + second["results"] + third["results"]
    assert seen == [f"{number:03}" for number in reversed(range(101))]
    assert third["next"] is None
    assert "count" not in first


@pytest.mark.parametrize(
    "cursor",
    ["x", "%00", "bz0tMQ==", "cD14", "cD0lMDA="],  # the last three: o=-1, p=x, p=%00
)
def test_a_cursor_that_is_none_is_refused(api_client: APIClient, cursor: str) -> None:
    response = api_client.get(f"/api/v1/feed/?cursor={cursor}")

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "pointer": "cursor",
            "code": "invalid",
            "detail": "Use a cursor out of a page's links.",
        }
    ]
