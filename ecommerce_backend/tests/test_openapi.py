"""The document says exactly what the API does; contract_check holds every test's answers to it."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from ecommerce_backend.common.openapi.error_guide import error_guide
from ecommerce_backend.common.openapi.generator import document
from ecommerce_backend.schema_view import document_as
from ecommerce_backend.tests.openapi_document import (
    Operation,
    operation,
    operations,
    parameters,
    resolved,
    takes,
)

ROOT = Path(__file__).resolve().parents[2]
VERBS = (
    *(
        "add",
        "adjust",
        "cancel",
        "capture",
        "change",
        "confirm",
        "count",
        "decide",
        "delete",
        "deliver",
        "empty",
        "end",
    ),
    *("get", "list", "merge", "place", "quote", "receive", "refresh", "refund", "register"),
    *("remove", "replace", "request", "set", "ship", "sign", "start", "transfer", "write"),
)

# Members of a customer group are shown their own prices here; a bad token is as good as none.
TOKENS_IGNORED = {
    "get /api/v1/products/",
    "get /api/v1/products/facets/",
    "get /api/v1/products/{slug}/",
    "get /api/v1/products/{slug}/related/",
    "get /api/v1/products/{slug}/up-sells/",
}


def test_the_document_is_valid() -> None:
    validate_schema(document())  # type: ignore[no-untyped-call]

    assert document()["openapi"] == "3.1.0"


def test_the_committed_document_is_the_one_that_is_served(client: Client) -> None:
    written = document_as(OpenApiYamlRenderer.media_type)

    assert (ROOT / "docs/openapi.yml").read_bytes() == written, (
        "docs/openapi.yml is stale: python manage.py spectacular --file docs/openapi.yml"
    )
    assert client.get("/api/v1/schema/").content == written


def test_the_committed_error_guide_is_that_of_the_code() -> None:
    assert (ROOT / "docs/errors.md").read_text(encoding="utf-8") == error_guide(), (
        "docs/errors.md is stale: python manage.py write_error_guide"
    )


def test_every_installation_has_the_same_document() -> None:
    elsewhere = {
        "SHOP_BASE_URL": "https://elsewhere.example",
        "SHOP_CURRENCY": "JPY",
        "SHOP_NAME": "Elsewhere",
        "SHOP_PAYMENT_PROVIDERS": "manual",
        "SHOP_RATE_LIMITS": "address=17/minute",
        "SHOP_RELEASE": "9.9.9",
        "SHOP_REVIEWS_MODERATED": "true",
    }
    made = subprocess.run(
        [sys.executable, "manage.py", "spectacular", "--skip-checks"],
        cwd=ROOT,
        env={**os.environ, **elsewhere, "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings"},
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert made.stdout.strip() == document_as(OpenApiYamlRenderer.media_type).strip()


def test_the_version_is_that_of_the_package() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert document()["info"]["version"] == package["project"]["version"]


def test_the_document_names_no_machine() -> None:
    assert [server["url"] for server in document()["servers"]] == ["/"]


def test_each_operation_has_an_id_of_its_own_that_begins_with_a_verb() -> None:
    names = [found.described["operationId"] for found in operations()]

    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name), name
        assert name.partition("_")[0] in VERBS, name


def test_each_operation_has_one_of_the_tags_and_says_in_words_what_it_does() -> None:
    described = {tag["name"] for tag in document()["tags"] if tag["description"]}

    used = set()
    for found in operations():
        (tag,) = found.described["tags"]
        used.add(tag)
        assert found.described["summary"], found.place
        assert "\n" not in found.described["summary"], found.place
    assert used == described


def test_nothing_is_answered_by_default() -> None:
    for found in operations():
        assert "default" not in found.described["responses"], found.place


@pytest.mark.parametrize(
    ("belongs", "status", "codes"),
    [
        (lambda _: True, "400", {"bad_request", "invalid"}),
        (lambda _: True, "403", {"https_required"}),
        (lambda _: True, "406", {"not_acceptable"}),
        (lambda _: True, "411", {"length_required"}),
        (lambda _: True, "413", {"body_too_large"}),
        (lambda _: True, "414", {"uri_too_long"}),
        (lambda _: True, "415", {"unsupported_media_type"}),
        (lambda _: True, "429", {"rate_limited"}),
        (lambda _: True, "431", {"headers_too_large"}),
        (lambda _: True, "503", {"unavailable"}),
        (lambda found: found.method != "get", "400", {"parse_error"}),
        (lambda found: found.method != "get", "409", {"conflict"}),
        (
            lambda found: found.described["security"] and found.place not in TOKENS_IGNORED,
            "401",
            {"token_invalid"},
        ),
        (lambda found: "/staff/" in found.path, "401", {"not_authenticated"}),
        (lambda found: "/staff/" in found.path, "403", {"permission_denied"}),
        (lambda found: "{" in found.path and "cart" not in found.path, "404", set()),
        (lambda found: takes(found, "Idempotency-Key"), "422", {"idempotency_key_reused"}),
        (lambda found: takes(found, "If-Match"), "412", {"precondition_failed"}),
    ],
)
def test_each_operation_of_a_kind_lists_the_refusals_of_the_kind(
    belongs: Callable[[Operation], bool], status: str, codes: set[str]
) -> None:
    kind = [found for found in operations() if belongs(found)]

    assert kind
    for found in kind:
        assert codes <= found.codes(status), found.place


def test_an_operation_lists_the_rules_that_it_may_break_and_no_other() -> None:
    placing = operation("place_order")

    assert placing.codes("409") == {
        "cart_empty",
        "conflict",
        "idempotency_in_progress",
        "insufficient_stock",
        "items_unavailable",
        "quote_changed",
        "quote_expired",
        "shipping_unavailable",
        "too_many_unpaid_orders",
        "total_too_large",
    }
    assert placing.codes("401") == {"token_invalid"}
    assert "404" not in placing.described["responses"]


def test_whoever_reads_the_catalogue_needs_no_token() -> None:
    found = operation("list_products")

    assert found.described["security"] == [{"bearer": []}, {}]
    assert "401" not in found.described["responses"]
    ignoring = {
        found.place
        for found in operations()
        if any(found.described["security"]) and "401" not in found.described["responses"]
    }
    assert ignoring == TOKENS_IGNORED


def test_what_may_be_cached_is_answered_with_304_and_a_tag() -> None:
    found = operation("get_product")

    names = {parameter["name"] for parameter in parameters(found)}
    assert "If-None-Match" in names
    assert {"ETag", "Cache-Control"} <= found.described["responses"]["304"]["headers"].keys()


def test_each_operation_takes_and_returns_a_request_id_and_tells_the_limits() -> None:
    for found in operations():
        assert "X-Request-ID" in {parameter["name"] for parameter in parameters(found)}, found.place
        for status, answer in found.described["responses"].items():
            headers = resolved(answer)["headers"].keys()
            assert {"X-Request-ID", "Cache-Control"} <= headers, f"{found.place} {status}"
            if status not in {"413", "414", "431"}:  # the server in front may answer these
                assert {"RateLimit", "RateLimit-Policy"} <= headers, f"{found.place} {status}"


def test_a_refusal_says_when_to_come_back_or_how_to_sign_in() -> None:
    for found in operations():
        for status, name in (("429", "Retry-After"), ("503", "Retry-After"), ("401", "WWW-Auth")):
            if status in found.described["responses"]:
                headers = resolved(found.described["responses"][status])["headers"]
                assert any(header.startswith(name) for header in headers), found.place
