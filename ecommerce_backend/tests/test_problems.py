import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]

REQUEST_ID = "0123456789abcdef"
TOO_LARGE = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)


def expected(status: int, code: str, title: str, detail: str, path: str) -> dict[str, Any]:
    return {
        "type": f"urn:nexus:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": path,
        "code": code,
        "request_id": REQUEST_ID,
    }


@pytest.mark.parametrize(
    ("path", "status", "code", "title", "detail"),
    [
        (
            "/nowhere/",
            404,
            "not_found",
            "Not found",
            "There is nothing at this address.",
        ),
        (
            "/api/v1/nowhere/",
            404,
            "not_found",
            "Not found",
            "There is nothing at this address.",
        ),
        (
            "/plain/forbidden/",
            403,
            "permission_denied",
            "Permission denied",
            "You may not do this.",
        ),
        (
            "/plain/suspicious/",
            400,
            "bad_request",
            "Bad request",
            "The request cannot be understood.",
        ),
        (
            "/plain/bug/",
            500,
            "server_error",
            "Server error",
            "Something went wrong on our side. It has been recorded under this request id.",
        ),
        (
            "/api/v1/api/bug/",
            500,
            "server_error",
            "Server error",
            "Something went wrong on our side. It has been recorded under this request id.",
        ),
    ],
)
def test_djangos_own_errors_are_problems(
    program: Client, path: str, status: int, code: str, title: str, detail: str
) -> None:
    response = program.get(path, headers={"X-Request-ID": REQUEST_ID})

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == expected(status, code, title, detail, path)


def test_a_foreign_host_is_a_problem(program: Client) -> None:
    response = program.get(
        "/health/live/", headers={"Host": "evil.example", "X-Request-ID": REQUEST_ID}
    )

    assert response.status_code == 400
    assert response.json() == expected(
        400, "bad_request", "Bad request", "The request cannot be understood.", "/health/live/"
    )


@pytest.mark.parametrize("path", ["/", "/api/docs/", "/health/ready/", "/metrics"])
def test_a_method_that_a_page_does_not_have_is_a_problem(path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response.json()["code"] == "method_not_allowed"
    assert response.json()["detail"] == "POST cannot be done here."


def test_a_range_past_the_end_of_a_file_is_told_as_a_problem(program: Client) -> None:
    response = program.get("/static/site/site.css", headers={"Range": "bytes=999999-"})

    assert response.status_code == 416
    assert response.json()["code"] == "range_not_satisfiable"
    assert response["Content-Range"].startswith("bytes */")


def test_a_method_that_a_static_file_does_not_have_is_a_problem(program: Client) -> None:
    response = program.put("/static/site/site.css")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response.json()["code"] == "method_not_allowed"


def test_a_form_from_elsewhere_is_a_problem() -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})

    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "csrf_failed"


@pytest.mark.parametrize("path", ["/plain/database/", "/api/v1/api/database/", "/api/v1/slow/"])
def test_a_database_that_is_away_or_late_asks_to_come_again(program: Client, path: str) -> None:
    response = program.get(path, headers={"X-Request-ID": REQUEST_ID})

    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == expected(
        503,
        "unavailable",
        "Unavailable",
        "The shop is briefly unavailable. Try again in a moment.",
        path,
    )


@pytest.mark.parametrize("path", ["/plain/body/", "/api/v1/api/basket/"])
def test_a_body_past_the_limit_is_refused_unread(path: str) -> None:
    response = APIClient().post(path, TOO_LARGE, content_type="application/json")

    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "body_too_large"


def test_a_body_at_the_limit_is_read() -> None:
    response = APIClient().post(
        "/api/v1/api/basket/", TOO_LARGE[:-1], content_type="application/json"
    )

    assert response.status_code == 400
    assert response.json()["code"] == "parse_error"


def test_validation_points_at_each_fault() -> None:
    response = APIClient().post(
        "/api/v1/api/basket/",
        {"lines": [{"sku": "MUG-1", "quantity": 0}, {"sku": "A-LONG-SKU", "quantity": "many"}]},
    )

    assert response.status_code == 400
    problem = response.json()
    assert problem["code"] == "invalid"
    assert problem["detail"] == "The request is not valid; `errors` says where and why."
    assert problem["errors"] == [
        {
            "pointer": "/lines/0/quantity",
            "code": "min_value",
            "detail": "Ensure this value is greater than or equal to 1.",
        },
        {
            "pointer": "/lines/1/sku",
            "code": "max_length",
            "detail": "Ensure this field has no more than 8 characters.",
        },
        {
            "pointer": "/lines/1/quantity",
            "code": "invalid",
            "detail": "A valid integer is required.",
        },
    ]


def test_a_fault_of_the_whole_points_at_the_whole() -> None:
    line = {"sku": "MUG-1", "quantity": 1}

    odd = APIClient().post("/api/v1/api/basket/", {"note": "odd", "lines": [line]})
    no_object = APIClient().post("/api/v1/api/basket/", [1])
    missing = APIClient().post("/api/v1/api/basket/", {})

    assert odd.json()["errors"] == [{"pointer": "", "code": "odd", "detail": "This is odd."}]
    assert [fault["pointer"] for fault in no_object.json()["errors"]] == [""]
    assert missing.json()["errors"] == [
        {"pointer": "/lines", "code": "required", "detail": "This field is required."}
    ]


def test_a_text_the_database_cannot_hold_is_the_clients_fault() -> None:
    response = APIClient().post("/api/v1/text/", {"text": "nul \x00 in it"})

    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert response.json()["errors"] == [
        {
            "pointer": "/text",
            "code": "malformed_text",
            "detail": "Text may not hold a NUL or half of a surrogate pair.",
        }
    ]


def test_a_broken_rule_of_the_shop_names_itself() -> None:
    response = APIClient().get("/api/v1/api/sold-out/", headers={"X-Request-ID": REQUEST_ID})

    assert response.status_code == 409
    assert response.json() == {
        **expected(409, "sold_out", "Sold out", "It is gone.", "/api/v1/api/sold-out/"),
        "sku": "MUG-1",
        "errors": [{"pointer": "/lines/0/sku", "code": "sold_out", "detail": "MUG-1 is gone."}],
    }
    assert "Retry-After" not in response


def test_a_refusal_that_waiting_mends_says_how_long() -> None:
    response = APIClient().get("/api/v1/api/too-fast/")

    assert response.status_code == 429
    assert response["Retry-After"] == "7"
    assert response.json()["retry_after"] == 7


def test_a_refusal_is_a_problem_even_where_answers_are_spreadsheets() -> None:
    response = APIClient().get("/api/v1/sheet/")

    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "sold_out"


@pytest.mark.parametrize(
    ("content_type", "status", "code"),
    [
        ("text/xml", 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("multipart/form-data; boundary=x", 415, "unsupported_media_type"),
        ("application/json", 400, "parse_error"),
    ],
)
def test_a_body_in_another_format_is_refused(content_type: str, status: int, code: str) -> None:
    response = APIClient().generic(
        "POST", "/api/v1/api/basket/", "<lines/>", content_type=content_type
    )

    assert response.status_code == status
    assert response.json()["code"] == code


def test_an_answer_in_another_format_cannot_be_had() -> None:
    response = APIClient().get("/api/v1/api/sold-out/", headers={"Accept": "application/xml"})

    assert response.status_code == 406
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_acceptable"


def test_a_method_that_an_operation_does_not_have_is_a_problem() -> None:
    response = APIClient().delete("/api/v1/api/basket/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("path", "way_back"), [("/nowhere/", "/"), ("/admin/plain/bug/", "/admin/")]
)
def test_people_get_a_page(browser: Client, path: str, way_back: str) -> None:
    browser.raise_request_exception = False

    response = browser.get(path, headers={"X-Request-ID": REQUEST_ID})

    page = response.content.decode()
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Vary"] == "Accept"
    assert REQUEST_ID in page
    assert f'href="{way_back}"' in page
    assert "secret recipe" not in page


def test_the_api_answers_people_as_it_answers_programs(browser: Client) -> None:
    response = browser.get("/api/v1/nowhere/")

    assert response["Content-Type"] == "application/problem+json"


def test_an_error_page_escapes_what_it_shows(browser: Client) -> None:
    browser.raise_request_exception = False

    response = browser.generic("<B>", "/metrics")

    assert response.status_code == 405
    assert "&lt;B&gt; cannot be done here." in response.content.decode()


@pytest.mark.parametrize("name", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_shop_on_ones_own_machine_answers_to_all_its_names(program: Client, name: str) -> None:
    assert program.get("/health/live/", headers={"host": name}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", ["/api/v1/products", "/api/v1/cart", "/api/v1/users/me?x=1"])
def test_an_address_of_the_api_without_its_slash_is_told_so(
    program: Client, path: str, method: str
) -> None:
    response = program.generic(method, path)

    assert response.status_code == 404
    if method != "HEAD":
        assert response.json()["code"] == "not_found"
        assert response.json()["detail"] == (
            "There is nothing at this address. Addresses of the API end in a slash."
        )


@pytest.mark.parametrize("path", ["/api/docs", "/health", "/admin"])
def test_an_address_of_a_page_without_its_slash_leads_to_it(program: Client, path: str) -> None:
    response = program.get(path)

    assert (response.status_code, response["Location"]) == (301, f"{path}/")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/users/me/", None),
        ("POST", "/api/v1/auth/login/", {"email": "a@shop.example", "password": "x" * 12}),
        ("POST", "/api/v1/auth/refresh/", {"refresh": "x"}),
        ("POST", "/api/v1/payments/webhooks/sandbox/", {}),
    ],
)
def test_a_401_names_what_would_let_one_in(method: str, path: str, body: Any) -> None:
    response = APIClient().generic(
        method, path, "" if body is None else json.dumps(body), content_type="application/json"
    )

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="shop"'


def test_the_path_in_a_problem_is_a_uri(program: Client) -> None:
    response = program.get("/api/v1/categories/%21%C3%8A%17/")

    assert response.json()["instance"] == "/api/v1/categories/!%C3%8A%17/"
