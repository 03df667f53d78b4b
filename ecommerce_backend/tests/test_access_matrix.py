"""The matrix covers every route, and everybody gets what it says: each is really asked."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from ecommerce_backend.tests.access import rules
from ecommerce_backend.tests.access.entries import ENTRIES
from ecommerce_backend.tests.access.routes import gaps, routes
from ecommerce_backend.tests.access.shop import Shop, open_shop
from ecommerce_backend.tests.conftest import World
from scripts import access_matrix

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shop(world: World, settings: Settings) -> Shop:
    # A page of the admin loads its reader beside whom it shows.
    settings.ZEAL_ALLOWLIST = [{"model": "users.User", "field": "get()"}]
    return open_shop(world)


def test_every_route_has_an_entry() -> None:
    found = gaps(ENTRIES, routes())

    assert not found, "\n".join(found)


@pytest.mark.urls("ecommerce_backend.tests.probes")
def test_a_route_without_an_entry_is_told_with_what_to_write() -> None:
    told = gaps({**ENTRIES, "GET /api/v1/gone/": rules.everybody()}, routes())

    assert (
        "GET /api/v1/staff-only/ has no entry: add to ecommerce_backend/tests/access/entries.py, "
        "for example\n    \"GET /api/v1/staff-only/\": staff('users.view_user'),"
    ) in told
    assert "GET /api/v1/gone/ is no route: take its entry out" in told


def test_every_staff_route_states_its_permission() -> None:
    stated = {str(route): route.permissions for route in routes() if "/staff/" in route.template}

    assert stated == {name: {*ENTRIES[name].permissions} for name in stated}
    assert all(stated.values())
    assert len(stated) >= 13


@pytest.mark.django_db
def test_everybody_gets_what_the_matrix_says(shop: Shop) -> None:
    complaints = shop.complaints(ENTRIES)

    assert not complaints, "\n".join(complaints)


@pytest.mark.django_db
def test_a_wrong_entry_is_noticed(shop: Shop) -> None:
    """The control: told that all are let in, the same test finds everybody who is not."""
    closed = {name: rule for name, rule in ENTRIES.items() if rule.refusals}

    found = shop.complaints(dict.fromkeys(closed, rules.everybody()))

    for name, rule in closed.items():
        refused = {
            caller for caller in rule.refusals if f"{name}: {caller} is refused" in "\n".join(found)
        }
        assert refused == set(rule.refusals), name


def test_the_printed_matrix_is_the_one_that_is_tried() -> None:
    written = (ROOT / access_matrix.PATH).read_text(encoding="utf-8")

    assert written == access_matrix.document(), "run python -m scripts.access_matrix"
