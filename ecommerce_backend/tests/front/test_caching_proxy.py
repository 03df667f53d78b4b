"""No private byte crosses from one reader to another through a shared cache (RFC 9111)."""

from pathlib import Path

import httpx
import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from catalog.models import ProductVariant
from catalog.tests.factories import VariantFactory
from ecommerce_backend.tests.front.caching import DEAF, shared_cache, told
from ecommerce_backend.tests.front.readers import PUBLIC, Reader, crossings, customer, reads

# In no group: pytest-xdist begins with groups, and these empty the tables, roles included.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _roomy_limits(settings: Settings) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (100_000, 60))


def test_no_private_byte_crosses(
    live_server: LiveServer, tmp_path: Path, readers: list[Reader], lamp: ProductVariant
) -> None:
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        found = {
            address: crossings(client, readers, address) for address in reads(readers, lamp.sku)
        }
        kept = {address for address in found if is_kept(client, address)}

    assert len(found) > 25
    assert {address: who for address, who in found.items() if who} == {}
    assert kept == set(PUBLIC)


def test_a_cache_that_ignores_what_it_is_told_would_let_them_cross(
    live_server: LiveServer, tmp_path: Path, readers: list[Reader], lamp: ProductVariant
) -> None:
    with shared_cache(tmp_path, upstream=live_server.thread.port, extra=DEAF) as client:
        found = {
            address: crossings(client, readers, address) for address in reads(readers, lamp.sku)
        }

    leaking = {address for address, who in found.items() if who}
    assert {
        "/api/v1/auth/sessions/",
        "/api/v1/cart/",
        "/api/v1/orders/",
        "/api/v1/staff/orders/",
        "/api/v1/staff/reviews/",
        "/api/v1/users/me/",
        "/api/v1/users/me/addresses/",
        "/api/v1/users/me/reviews/",
    } <= leaking
    assert not leaking & set(PUBLIC)


def is_kept(client: httpx.Client, address: str) -> bool:
    return [client.get(address).headers["X-Cache"] for _ in range(2)][1] == "HIT"


DISGUISES = ["x.css", ";x.css", "%2fx.css", "%2Fx.css", "?x.css", "/x.css", "%3fx.css"]


@pytest.mark.parametrize("address", ["/api/v1/users/me/", "/api/v1/cart/", "/api/v1/users/me"])
def test_no_disguise_gets_a_private_answer_kept(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant, address: str
) -> None:
    ada = customer("ADA", lamp)
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        for disguise in DISGUISES:
            client.get(address + disguise, headers=ada.headers)
            second = client.get(address + disguise, headers=ada.headers)
            stranger = client.get(address + disguise)

            assert second.status_code in {400, 404}, disguise
            assert "HIT" not in {second.headers["X-Cache"], stranger.headers["X-Cache"]}
            assert ada.mark not in told(stranger)


ERRORS = {
    "/api/v1/users/me/": 401,
    "/api/v1/nowhere/": 404,
    "/api/v1/products/gone/": 404,
    "/nowhere/": 404,
    "/api/v1/products": 404,
    "/api/v1/api/sold-out/": 409,
    "/api/v1/api/too-fast/": 429,
    "/api/v1/api/bug/": 500,
    "/plain/bug/": 500,
    "/api/v1/api/database/": 503,
}


@pytest.mark.urls("ecommerce_backend.tests.probes")
def test_no_error_is_kept(live_server: LiveServer, tmp_path: Path) -> None:
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        answers = {address: [client.get(address) for _ in range(2)] for address in ERRORS}

    for address, status in ERRORS.items():
        assert [answer.status_code for answer in answers[address]] == [status, status], address
        assert [answer.headers["X-Cache"] for answer in answers[address]] == ["MISS", "MISS"]


POISONS = [
    {"Host": "localhost"},
    {"Host": "localhost:1"},
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Host": "evil.example"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Port": "1"},
    {"Forwarded": "host=evil.example"},
    {"Origin": "https://evil.example"},
    {"Accept": "application/xml"},
    {"Accept-Language": "ar"},
    {"Range": "bytes=0-1"},
    {"X-HTTP-Method-Override": "POST"},
    {"Authorization": "Bearer x"},
    {"Cookie": "session=x"},
]


def test_what_one_asks_with_does_not_spoil_the_answer_of_the_next(
    live_server: LiveServer, tmp_path: Path
) -> None:
    for _ in range(3):
        VariantFactory.create()
    address = "/api/v1/products/?page_size=1&page=2"
    clean = httpx.get(live_server.url + address)
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        for epoch, poison in enumerate(POISONS):
            client.get(address, headers={**poison, "X-Epoch": str(epoch)})
            after = client.get(address, headers={"X-Epoch": str(epoch)})

            assert after.status_code == 200, poison
            assert after.json() == clean.json(), poison
            assert "evil" not in told(after)


def test_the_cache_asks_again_with_the_tag(live_server: LiveServer, lamp: ProductVariant) -> None:
    address = f"{live_server.url}/api/v1/products/lamp/"
    first = httpx.get(address)

    again = httpx.get(address, headers={"If-None-Match": f'"x", W/{first.headers["ETag"]}'})

    assert (again.status_code, again.content) == (304, b"")
