"""JSON in UTF-8 is what there is; who cannot take it or sends something else is told so."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/*",
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;q=0.001",
        "text/html, application/xml;q=0.9, */*;q=0.8",
        "*/*;q=0, application/json",
        "application/xml;q=0, */*",
        " application/json ,",
    ],
)
def test_who_takes_json_gets_it(program: Client, accept: str) -> None:
    response = program.get(URL, headers={"Accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "accept",
    [
        "application/xml",
        "text/html",
        "*/*;q=0",
        "application/json;q=0",
        "application/json;q=0, */*",
        "application/*;q=0, */*;q=0.1",
        "application/json; version=2",
        "json",
        "nonsense",
        ";;;",
        "/",
        "*/json",
        "ünïcode/json",
        "",
        ", ".join(f"text/x-{number}" for number in range(900)),
    ],
)
def test_who_rules_json_out_is_told_in_json(program: Client, accept: str) -> None:
    response = program.get(URL, headers={"Accept": accept.encode().decode("latin1")})

    assert response.status_code == 406
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_acceptable"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("accept", ["text/html", "*/*;q=0", "application/xml"])
@pytest.mark.parametrize("url", ["/api/v1/products/gone", "/api/v1/gone/"])
def test_an_error_is_a_problem_whatever_one_takes(program: Client, url: str, accept: str) -> None:
    response = program.get(url, headers={"Accept": accept})

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_nothing_is_done_for_who_cannot_read_the_answer() -> None:
    sku = VariantFactory.create().sku

    response = APIClient().post(
        "/api/v1/cart/lines/", {"sku": sku}, headers={"Accept": "application/xml"}
    )

    assert response.status_code == 406
    assert "X-Cart-Token" not in response


@pytest.mark.parametrize("accept", ["application/vnd.oai.openapi+json", "application/json"])
def test_the_document_comes_in_the_form_one_prefers(program: Client, accept: str) -> None:
    response = program.get("/api/v1/schema/", headers={"Accept": f"{accept}, */*;q=0.1"})

    assert response["Content-Type"].partition(";")[0] == accept


@pytest.mark.parametrize(
    "content_type",
    [
        "application/xml",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/problem+json",
        "nonsense",
    ],
)
def test_a_body_that_is_no_json_is_refused(content_type: str) -> None:
    response = APIClient().generic(
        "POST", "/api/v1/auth/login/", '{"email": "a@b.example"}', content_type=content_type
    )

    assert response.status_code == 415
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=UTF-8"])
def test_a_body_in_json_is_read(content_type: str) -> None:
    response = APIClient().generic(
        "POST", "/api/v1/auth/login/", '{"email": "a@b.example"}', content_type=content_type
    )

    assert response.json()["errors"][0]["pointer"] == "/password"
