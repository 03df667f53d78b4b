"""T20 and T02: no spelling of an address, no other method and no further field gets one further."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from ecommerce_backend.tests.access import rules
from ecommerce_backend.tests.access.entries import ENTRIES
from ecommerce_backend.tests.access.shop import Shop, open_shop
from ecommerce_backend.tests.conftest import World
from ecommerce_backend.tests.input_drive import Attempt, Operation

pytestmark = pytest.mark.django_db
CLOSED = {name: rule for name, rule in ENTRIES.items() if rule.refusals and "/api/" in name}
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
SHUT = {400, 401, 403, 404, 405}
# Written by the shop alone, in one model or another.
NEVER = (
    *("total", "subtotal", "tax_total", "price", "unit_price", "status", "payment_status"),
    *("user", "customer", "author", "owner", "role", "groups", "user_permissions", "is_staff"),
    *("is_superuser", "is_active", "stock", "on_hand", "allocated", "rating_avg", "rating_average"),
    *("is_verified_purchase", "created_at", "updated_at", "pk", "id", "version", "number"),
)


@pytest.fixture
def shop(world: World, settings: Settings) -> Shop:
    settings.ZEAL_ALLOWLIST = [{"model": "users.User", "field": "get()"}]
    return open_shop(world)


def detours(attempt: Attempt) -> Iterator[Attempt]:
    """Yield the ways in which somebody would try the same once it was refused."""
    path, method = attempt.path, attempt.method
    tail = path.removeprefix("/api/v1/")
    for other in (
        path.rstrip("/"),
        path + "/",
        path.rstrip("/") + ".json",
        path.rstrip("/") + ".json/",
        path.rstrip("/") + "/.",
        "/api/v1//" + tail,
        "//api/v1/" + tail,
        "/api/v1/./" + tail,
        "/api/v1/x/../" + tail,
        "/api/v1/%2e%2e/v1/" + tail,
        "/api/v1%2f" + tail,
        "/api/v1/" + tail.replace("/", "%2f", 1),
        "/api/v1/;/" + tail,
        "/api/v1/" + tail.upper(),
        "/API/V1/" + tail,
        "/api/v1/" + tail.replace("staff", "staff%00", 1),
        "/api/v1/" + tail + "%20",
        "/api/v1/" + tail + ";x=1",
    ):
        if other != path:
            yield replace(attempt, path=other, name=f"as {other}")
    for other in {"GET", "POST", "PUT", "DELETE", "HEAD"} - {method}:
        headers = dict.fromkeys(OVERRIDES, method)
        yield replace(attempt, method=other, headers=headers, name=f"{other} for {method}")
        yield replace(attempt, method=other, query=f"_method={method}", name=f"{other}, _method")
    yield replace(attempt, query="format=api", name="format=api")
    yield replace(attempt, headers={"X-Original-URL": path, "X-Rewrite-URL": path}, path="/api/v1/")


@pytest.mark.parametrize("caller", [rules.STRANGER, rules.BARE_STAFF])
def test_no_detour_leads_past_a_refusal(shop: Shop, caller: str) -> None:
    """What a detour may still reach is another route's own business, and what that says."""
    found = [
        f"{name}: {detour.name} gives {answer.status_code}"
        for name, rule in CLOSED.items()
        if caller in rule.refusals and (caller == rules.STRANGER or "/staff/" in name)
        for attempt in shop.attempts(name, rule).values()
        for detour in detours(attempt)
        for answer in [shop.callers[caller].answer(detour)]
        if answer.status_code not in SHUT and not is_open(detour, caller)
    ]

    assert not found, "\n".join(found)


def is_open(detour: Attempt, caller: str) -> bool:
    """Tell whether the route as it stands, by the method as it stands, is open to the caller."""
    for name, rule in ENTRIES.items():
        method, template = name.split(" ")
        asked = "GET" if detour.method == "HEAD" else detour.method
        if method == asked and matches(template, detour.path) and caller not in rule.refusals:
            return True
    return False


def matches(template: str, path: str) -> bool:
    parts, given = template.split("/"), path.split("/")
    return len(parts) == len(given) and all(
        part == piece or part.startswith("{") for part, piece in zip(parts, given, strict=True)
    )


def test_a_shop_that_obeyed_an_override_would_be_noticed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: an override that works is seen to change something."""
    name = "DELETE /api/v1/users/me/addresses/{id}/"
    (attempt,) = shop.attempts(name, ENTRIES[name]).values()
    disguised = replace(attempt, method="GET", headers={OVERRIDES[0]: "DELETE"})
    owner = shop.callers[rules.CUSTOMER]
    assert owner.answer(disguised).status_code == 200
    send = APIClient.generic

    def obeying(client: APIClient, method: str, *arguments: Any, **options: Any) -> Any:
        method = options.get("headers", {}).get(OVERRIDES[0], method)
        return send(client, method, *arguments, **options)

    monkeypatch.setattr(APIClient, "generic", obeying)
    assert owner.answer(disguised).status_code == 204


def test_no_operation_writes_a_field_that_it_does_not_name(world: World) -> None:
    names = {field.name for model in apps.get_models() for field in model._meta.get_fields()}  # noqa: SLF001
    complaints = [
        complaint
        for operation in world.operations
        if operation.method in {"POST", "PUT", "PATCH"} and isinstance(operation.example, dict)
        for complaint in believed(world, operation, {*names, *NEVER})
    ]

    assert not complaints, "\n".join(complaints)


def believed(world: World, operation: Operation, names: set[str]) -> Iterator[str]:
    """Yield the fields beside an operation's own that it did not refuse."""
    if operation.template.endswith("/webhooks/{provider}/"):  # a provider's own body, signed
        return
    own = {field.pointer[0] for field in operation.fields if len(field.pointer) == 1}
    foreign = sorted(names - own)
    body = {**operation.example, **dict.fromkeys(foreign, 1)}
    caller = world.right_caller(operation)
    answer = caller.answer(operation.attempt("all fields", content=json.dumps(body).encode()))
    if answer.status_code != 400:
        yield f"{operation.method} {operation.template}: {answer.status_code}"
        return
    refused = {fault["pointer"] for fault in answer.json().get("errors", ())}
    for name in foreign:
        if f"/{name}" not in refused:
            yield f"{operation.method} {operation.template}: {name} is not refused"
