from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

pytestmark = pytest.mark.django_db

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.fixture
def document(client: Client) -> Any:
    return client.get(
        "/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}
    ).json()


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, found in document["paths"].items():
        for method, operation in found.items():
            yield path, method, operation


def test_the_document_is_valid(document: Any) -> None:
    validate_schema(document)  # type: ignore[no-untyped-call]

    assert document["openapi"] == "3.1.0"


def test_each_operation_tells_its_refusals(document: Any) -> None:
    for path, method, operation in operations(document):
        place = f"{method} {path}"
        refusals = {
            status: response
            for status, response in operation["responses"].items()
            if status == "default" or status >= "400"
        }
        assert {"429", "default"} <= refusals.keys(), place
        assert ("404" in refusals) or ("{" not in path), place
        assert ("403" in refusals) or ("/staff/" not in path), place
        for response in refusals.values():
            (media_type,) = response["content"]
            assert media_type == "application/problem+json", place
            assert response["content"][media_type]["schema"] == {
                "$ref": "#/components/schemas/Problem"
            }, place


def test_each_operation_takes_and_returns_a_request_id(document: Any) -> None:
    for path, method, operation in operations(document):
        place = f"{method} {path}"
        assert {"$ref": "#/components/parameters/RequestId"} in operation["parameters"], place
        for response in operation["responses"].values():
            assert "X-Request-ID" in response["headers"], place


def test_each_operation_says_in_words_what_it_does(document: Any) -> None:
    for path, method, operation in operations(document):
        assert operation["summary"], f"{method} {path}"
        assert "\n" not in operation["summary"], f"{method} {path}"


def test_a_problem_is_described_as_it_is_sent(document: Any, client: Client) -> None:
    sent = client.get("/api/v1/nowhere/").json()

    described = document["components"]["schemas"]["Problem"]
    assert set(described["required"]) == set(sent)
    assert described["properties"].keys() - sent.keys() == {"errors"}
    assert set(document["components"]["schemas"]["Fault"]["required"]) == {
        "pointer",
        "code",
        "detail",
    }


def test_the_document_is_made_once(client: Client) -> None:
    assert client.get("/api/v1/schema/").content == client.get("/api/v1/schema/").content
