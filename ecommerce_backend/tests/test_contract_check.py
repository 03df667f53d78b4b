"""The check of every test's answers finds what the document does not say."""

from typing import Any

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client

from ecommerce_backend.tests.contract_check import Breach, check

BRANDS = "/api/v1/brands/"
HEADERS = {
    "X-Request-ID": "b4c0f1d2a3e94f6b8d7c6a5e4f3b2a19",
    "Cache-Control": "public, max-age=60",
    "RateLimit-Policy": '"address";q=600;w=60',
    "RateLimit": '"address";r=599;t=60',
    "ETag": '"1"',
}
PAGE: dict[str, Any] = {
    "count": 1,
    "next": None,
    "previous": None,
    "results": [{"name": "Ottersby", "slug": "ottersby", "product_count": 8}],
}
PROBLEM: dict[str, Any] = {
    "type": "urn:nexus:problem:invalid",
    "title": "Invalid",
    "status": 400,
    "detail": "The request is not valid; `errors` says where and why.",
    "instance": BRANDS,
    "code": "invalid",
    "request_id": "b4c0f1d2a3e94f6b8d7c6a5e4f3b2a19",
    "errors": [],
}


def answer(
    body: Any, *, status: int = 200, media_type: str = "application/json", **headers: str
) -> HttpResponse:
    merged = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    response = HttpResponse(orjson.dumps(body), status=status, content_type=media_type)
    for name, value in merged.items():
        if value:
            response[name] = value
    return response


def refused(body: Any, *, status: int = 400, media_type: str = "application/problem+json") -> Any:
    return answer(body, status=status, media_type=media_type, ETag="")


def test_an_answer_that_is_documented_passes() -> None:
    check(answer(PAGE), method="GET", path=BRANDS)
    check(refused(PROBLEM), method="GET", path=BRANDS)


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (answer(PAGE, status=201), "answered 201, which is not listed"),
        (answer(PAGE, status=500), "answered 500, which is not listed"),
        (answer(PAGE, media_type="text/html"), "as 'text/html', which is not listed"),
        (answer(PAGE, ETag=""), "without ETag"),
        (answer(PAGE, X_Request_ID=""), "without X-Request-ID"),
        (answer(PAGE, Location="/"), "with a Location that is not listed"),
        (answer({**PAGE, "pages": 1}), "Additional properties"),
        (answer({**PAGE, "count": "1"}), "at ['count']"),
        (answer({name: PAGE[name] for name in ("count", "next", "results")}), "previous"),
        (refused({**PROBLEM, "code": "cart_empty"}), "at ['code']"),
        (refused({**PROBLEM, "status": 409}), "at ['status']"),
        (refused({**PROBLEM, "stack": "Traceback"}), "stack"),
        (refused(PROBLEM, media_type="application/json"), "as 'application/json'"),
    ],
)
def test_an_answer_that_is_not_documented_is_a_breach(response: HttpResponse, told: str) -> None:
    with pytest.raises(Breach) as breach:
        check(response, method="GET", path=BRANDS)

    assert told in str(breach.value)


def test_what_is_not_the_shops_is_not_looked_at() -> None:
    for path in ("/api/v1/nowhere/", "/admin/", "/api/docs/"):
        check(HttpResponse(status=418), method="GET", path=path)


@pytest.mark.django_db
def test_every_answer_that_a_client_of_the_tests_gets_is_checked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(
        "ecommerce_backend.tests.contract_check.check",
        lambda response, *, method, path, **_: seen.append(
            f"{method} {path} {response.status_code}"
        ),
    )

    client.get(BRANDS)

    assert seen == [f"GET {BRANDS} 200"]


def test_of_a_sparse_card_members_may_be_absent_but_none_unknown() -> None:
    page = {**PAGE, "count_is_estimate": False, "corrected_search": None}
    url = {"method": "GET", "path": "/api/v1/products/"}
    slug = answer({**page, "results": [{"slug": "lamp"}]})

    check(slug, **url, query="fields=slug")
    with pytest.raises(Breach, match="required"):
        check(slug, **url)
    with pytest.raises(Breach):
        check(answer({**page, "results": [{"cost": 1}]}), **url, query="fields=slug")
    with pytest.raises(Breach, match="required"):
        check(answer({"results": []}), **url, query="fields=slug")
