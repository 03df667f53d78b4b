"""The rules of the house that no linter knows. A failure names the place and the rule."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import serializers
from rest_framework.test import APIClient

from users.tests.factories import UserFactory

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("users", "catalog", "cart", "orders", "reviews", "ecommerce_backend")
HTTP_METHODS = ("get", "post", "put", "patch", "delete")


class Route(NamedTuple):
    """An address with something in place of each parameter, and what answers it."""

    path: str
    view: Any


@cache
def sources() -> dict[Path, str]:
    """Return our own Python files, migrations left out, since Django writes them."""
    folders = [ROOT / name for name in (*APPS, "scripts")]
    return {
        file.relative_to(ROOT): file.read_text(encoding="utf-8")
        for folder in folders
        for file in folder.rglob("*.py")
        if "migrations" not in file.parts
    }


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for file, text in sources().items():
        if name not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _called(node) == name:
                yield f"{file}:{node.lineno}", node


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def routes(under: str) -> list[Route]:
    return [route for route in _routes(get_resolver(), "") if route.path.startswith(under)]


def _routes(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, address)
        elif isinstance(pattern, URLPattern):
            yield Route(re.sub(r"<[^>]+>", "1", simplify_regex(address)), pattern.callback)


def methods(view: Any) -> list[str]:
    offered = getattr(view, "actions", None) or vars(view.cls).keys() | dir(view.cls)
    return [method for method in HTTP_METHODS if method in offered]


def our_models() -> list[Any]:
    return [
        model for name in (*APPS[:-1], "common") for model in apps.get_app_config(name).get_models()
    ]


def our_serializers() -> Iterator[type[serializers.BaseSerializer[Any]]]:
    get_resolver().url_patterns  # noqa: B018 – makes Django import every view
    waiting: list[Any] = [serializers.BaseSerializer]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith(APPS):
                yield kind


def test_each_row_lock_says_how_strong_it_is_and_on_what() -> None:
    found = list(calls("select_for_update"))

    assert found
    for place, call in found:
        assert {"no_key", "of"} <= {keyword.arg for keyword in call.keywords}, place


def test_nothing_happens_behind_ones_back() -> None:
    for file, text in sources().items():
        if file.name != Path(__file__).name:
            assert "db.models.signals" not in text, file
            assert "db.models import signals" not in text, file


def test_what_is_done_to_carts_orders_and_reviews_is_begun_again_after_a_deadlock() -> None:
    modules = [
        (file, text)
        for file, text in sources().items()
        if file.parent.name == "services" and file.parts[-3] in {"cart", "orders", "reviews"}
    ]

    assert len(modules) > 10
    for file, text in modules:
        assert "@transaction.atomic" not in text, file


def test_no_test_waits_for_the_clock() -> None:
    for place, _ in calls("sleep"):
        assert "/tests/" not in place, place


def test_each_file_can_be_read_at_a_sitting() -> None:
    for file, text in sources().items():
        if "tests" not in file.parts:
            assert text.count("\n") <= 400, file


def test_the_readme_can_be_read_at_a_sitting() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("\n") <= 150


def test_the_order_of_rows_is_asked_for_where_it_matters() -> None:
    for model in our_models():
        assert not model._meta.ordering, model  # noqa: SLF001


def test_saving_a_row_does_nothing_else() -> None:
    for model in our_models():
        for kind in model.__mro__:
            if kind.__module__.startswith(APPS):
                assert "save" not in vars(kind), kind


def test_no_amount_is_ever_a_float() -> None:
    kinds = list(our_serializers())

    assert kinds
    for kind in kinds:
        for name, field in getattr(kind, "_declared_fields", {}).items():
            assert not isinstance(field, serializers.FloatField), f"{kind.__name__}.{name}"
            if isinstance(field, serializers.DecimalField):
                assert getattr(field, "coerce_to_string", True), f"{kind.__name__}.{name}"


def test_each_staff_address_asks_for_a_permission() -> None:
    found = routes("/api/v1/staff/")

    assert found
    for route in found:
        for method in methods(route.view):
            view = route.view.cls(**route.view.initkwargs)
            view.action = getattr(route.view, "actions", {}).get(method)
            asked = {type(permission).__qualname__ for permission in view.get_permissions()}
            assert any(name.startswith("HasPermission.") for name in asked), route.path


@pytest.mark.django_db
def test_each_staff_address_is_closed_to_visitors_and_customers() -> None:
    visitor, customer = APIClient(), APIClient()
    customer.force_authenticate(UserFactory.create())

    for route in routes("/api/v1/staff/"):
        for method in methods(route.view):
            answers = [client.generic(method, route.path) for client in (visitor, customer)]
            assert [answer.status_code for answer in answers] == [401, 403], route.path


@pytest.mark.django_db
def test_being_staff_alone_opens_nothing() -> None:
    newcomer = APIClient()
    newcomer.force_authenticate(UserFactory.create(is_staff=True))

    for route in routes("/api/v1/staff/"):
        for method in methods(route.view):
            assert newcomer.generic(method, route.path).status_code == 403, route.path


def test_each_address_of_the_api_ends_in_a_slash() -> None:
    for route in routes("/api/v1/"):
        assert route.path.endswith("/"), route.path
