"""nginx keeps public answers of the catalogue for a second, and nothing else."""

import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.core.signals import request_started
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from catalog.models import ProductVariant
from catalog.tests.factories import ListPriceFactory, VariantFactory
from ecommerce_backend.tests.front.caching import told
from ecommerce_backend.tests.front.conftest import WIDE
from ecommerce_backend.tests.front.readers import PUBLIC, Reader, crossings, customer, reads
from ecommerce_backend.tests.front.servers import (
    FILES,
    HOST,
    Front,
    answers,
    nginx,
    nginx_command,
    request,
    until,
)
from users.models import User
from users.tests.factories import CustomerGroupFactory

# In no group: pytest-xdist begins with groups, and these empty the tables, roles included.
pytestmark = pytest.mark.django_db(transaction=True)

LONG = "proxy_cache_valid 200 60s;"  # so that a test need not hurry
SAID = "set_real_ip_from 127.0.0.1; real_ip_header X-Said;"
CATALOGUE = (
    "location ~ ^/api/v1/(?:brands|categories|collections|products)/"
    "(?:[^/]+/(?:related/|up-sells/)?)?$ {"
)
# A cache that keeps whatever it is given, and asks nobody who they are.
CARELESS = {
    "conf.d/ecommerce.conf": {
        CATALOGUE: "location ~ ^/api/ {",
    },
    "snippets/catalogue.conf": {
        "proxy_cache $catalogue_cache;": "proxy_cache catalogue;",
        "proxy_no_cache $is_not_public $upstream_http_set_cookie;": "",
        "proxy_ignore_headers ": "proxy_ignore_headers Vary Set-Cookie ",
    },
}


@pytest.fixture(autouse=True)
def _answers_to_its_name(settings: Settings) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (100_000, 60))
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]


@contextmanager
def front(
    folder: Path,
    shop: LiveServer,
    *,
    spoilt: Mapping[str, Mapping[str, str]] | None = None,
    freshness: str = LONG,
) -> Iterator[Front]:
    port = shop.thread.port
    with nginx(
        folder, upstream=port, spoilt=spoilt, zones=WIDE, freshness=freshness, real_ip=SAID
    ) as door:
        yield door


@pytest.fixture
def asked() -> Iterator[Counter[str]]:
    """How often the shop was asked for each path."""
    counted: Counter[str] = Counter()

    def count(environ: Mapping[str, str], **_: object) -> None:
        counted[environ["PATH_INFO"]] += 1

    request_started.connect(count)
    yield counted
    request_started.disconnect(count)


def test_no_private_byte_crosses_through_nginx(
    live_server: LiveServer, tmp_path: Path, readers: list[Reader], lamp: ProductVariant
) -> None:
    with front(tmp_path, live_server) as door, door.client() as client:
        found = {
            address: crossings(client, readers, address) for address in reads(readers[:2], lamp.sku)
        }
        kept = {address for address in found if is_kept(client, address)}

    assert {address: who for address, who in found.items() if who} == {}
    assert kept == set(PUBLIC)


def test_a_careless_cache_would_let_them_cross(
    live_server: LiveServer, tmp_path: Path, readers: list[Reader], lamp: ProductVariant
) -> None:
    with front(tmp_path, live_server, spoilt=CARELESS) as door, door.client() as client:
        found = {
            address: crossings(client, readers, address) for address in reads(readers[:2], lamp.sku)
        }

    leaking = {address for address, who in found.items() if who}
    assert {"/api/v1/users/me/", "/api/v1/cart/", "/api/v1/orders/"} <= leaking
    assert not leaking & set(PUBLIC)


def told_prices(client: httpx.Client, member: Reader) -> dict[str, list[bool]]:
    """Let a member of a group and a guest ask by turns; return who was told the member's price."""
    told_to: dict[str, list[bool]] = {"member": [], "guest": []}
    for address in ("/api/v1/products/", "/api/v1/products/lamp/"):
        for _ in range(2):
            told_to["member"].append("7.77" in told(client.get(address, headers=member.headers)))
            told_to["guest"].append("7.77" in told(client.get(address)))
    return told_to


@pytest.fixture
def member(lamp: ProductVariant) -> Reader:
    """Somebody who pays 7.77 for the lamp."""
    reader = customer("MEMBER", lamp)
    group = CustomerGroupFactory.create(members=User.objects.filter(email__startswith=reader.mark))
    ListPriceFactory.create(variant=lamp, amount="7.77", price_list__customer_group=group)
    return reader


def test_the_price_of_a_group_is_told_to_its_members_alone(
    live_server: LiveServer, tmp_path: Path, member: Reader
) -> None:
    with front(tmp_path, live_server) as door, door.client() as client:
        told_to = told_prices(client, member)

    assert told_to == {"member": [True] * 4, "guest": [False] * 4}


def test_a_careless_cache_would_tell_it_to_everybody(
    live_server: LiveServer, tmp_path: Path, member: Reader
) -> None:
    with front(tmp_path, live_server, spoilt=CARELESS) as door, door.client() as client:
        told_to = told_prices(client, member)

    assert any(told_to["guest"])


def is_kept(client: httpx.Client, address: str) -> bool:
    client.get(address)
    return bool(client.get(address).headers.get("X-Cache") == "HIT")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Cookie": "session=x"},
        {"X-Cart-Token": "x"},
        {"X-Order-Token": "x"},
        {"If-Match": '"x"'},
        {"Range": "bytes=0-1"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_who_says_who_they_are_is_answered_by_the_shop(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant, headers: dict[str, str]
) -> None:
    address = "/api/v1/products/lamp/"
    with front(tmp_path, live_server) as door, door.client() as client:
        client.get(address)
        named = client.get(address, headers=headers)
        nobody = client.get(address)

    assert "X-Cache" not in named.headers
    assert nobody.headers["X-Cache"] == "HIT"


def test_each_reader_has_an_id_and_a_limit_of_their_own(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant
) -> None:
    with front(tmp_path, live_server) as door, door.client() as client:
        first, second = (
            client.get("/api/v1/brands/", headers={"X-Request-ID": name})
            for name in ("the-first-one", "the-second-one")
        )

    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
    assert first.headers["X-Request-ID"] == "the-first-one"
    assert second.headers["X-Request-ID"] == "the-second-one"
    assert "RateLimit" in first.headers
    assert {"RateLimit", "RateLimit-Policy"} & set(second.headers) == set()
    assert (first.headers.get("Age"), second.headers["Age"]) == (None, "1")
    assert first.json() == second.json()


POISONS = [
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "http"},
    {"Forwarded": "host=evil.example"},
    {"Origin": "https://evil.example"},
    {"Accept": "application/xml"},
    {"Accept-Language": "ar"},
    {"Accept-Encoding": "br"},
    {"X-HTTP-Method-Override": "POST"},
    {"X-Said": "192.0.2.1"},
]


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: next(iter(poison)))
def test_what_one_asks_with_does_not_spoil_the_answer_of_the_next(
    live_server: LiveServer, tmp_path: Path, poison: dict[str, str]
) -> None:
    for _ in range(3):
        VariantFactory.create()
    address = "/api/v1/products/?page_size=1&page=2"
    with front(tmp_path, live_server) as door, door.client() as client:
        client.get(address, headers=poison)
        client.request("HEAD", address, headers=poison)
        after = client.get(address)
        others = [client.get(address + more).status_code for more in ("&", "&x=1")]

    assert after.status_code == 200
    assert len(after.json()["results"]) == 1
    assert "evil" not in told(after)
    assert others == [200, 400]  # the whole of the query counts


def test_what_has_changed_is_seen_a_second_later(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant
) -> None:
    configured = (FILES / "site" / "freshness.conf").read_text()
    with (
        front(tmp_path, live_server, freshness=configured) as door,
        door.client() as client,
    ):
        client.get("/api/v1/products/lamp/")
        lamp.product.name = "Another lamp"
        lamp.product.save(update_fields=["name"])
        until(
            lambda: client.get("/api/v1/products/lamp/").json()["name"] == "Another lamp", door.log
        )

    assert configured == "proxy_cache_valid 200 1s;\n"


def test_a_crowd_at_a_cold_page_is_one_question(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant, asked: Counter[str]
) -> None:
    with front(tmp_path, live_server) as door:
        statuses = crowd(door, 200)

    assert statuses == Counter({200: 200})
    assert asked["/api/v1/products/lamp/"] == 1


def test_without_the_lock_it_would_be_many(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant, asked: Counter[str]
) -> None:
    spoilt = {"snippets/catalogue.conf": {"proxy_cache_lock on;": "proxy_cache_lock off;"}}
    with front(tmp_path, live_server, spoilt=spoilt) as door:
        crowd(door, 30)

    assert asked["/api/v1/products/lamp/"] > 1


def crowd(door: Front, count: int) -> Counter[int]:
    """Let so many ask at the same moment, each from an address of their own."""
    barrier, statuses = threading.Barrier(count), []

    def ask(number: int) -> None:
        with door.connect(tls=True) as connection:
            connection.settimeout(60)
            barrier.wait(60)
            connection.sendall(
                request("/api/v1/products/lamp/", f"X-Said: 10.0.{number // 250}.{number % 250}")
            )
            statuses.append(answers(connection)[0].status)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(statuses)


def test_while_the_shop_is_away_what_was_kept_is_shown(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant, closed: int
) -> None:
    freshness = "proxy_cache_valid 200 1s;"
    with (
        front(tmp_path, live_server, freshness=freshness) as door,
        door.client() as client,
    ):
        fresh = client.get("/api/v1/brands/")
        leave(door, closed)
        until(lambda: client.get("/api/v1/brands/").headers.get("X-Cache") == "STALE", door.log)
        stale = client.get("/api/v1/brands/")
        other = client.get("/api/v1/categories/")

    assert (stale.status_code, stale.json()) == (200, fresh.json())
    assert stale.headers["Age"] == "60"  # nobody further down keeps it
    assert other.status_code == 502


def leave(door: Front, closed: int) -> None:
    """Let the shop be where nobody answers, as nginx sees it."""
    root = door.folder / "nginx"
    (root / "site" / "upstream.conf").write_text(f"server 127.0.0.1:{closed} max_fails=0;")
    subprocess.run(nginx_command(root, "-s", "reload"), check=True)
