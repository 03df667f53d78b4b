"""Limits over real HTTP, with four workers, a crowd, and a Redis that goes away."""

import time
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ecommerce_backend.tests.counting_shop import (
    NOWHERE,
    WORKERS,
    Answer,
    CountingShop,
    counting_shop,
)

pytestmark = pytest.mark.xdist_group("counting_shop")

QUOTA, CLIENTS = 50, 200
LIMITS = f"address={QUOTA}/hour"
STOREFRONT = "https://www.shop.example"
SPOOFED = "198.51.100.7"
FORWARDED_FOR = [
    SPOOFED,
    f"{SPOOFED}, 127.0.0.1",
    f"127.0.0.1, {SPOOFED}",
    f"{SPOOFED}, 203.0.113.9, 10.0.0.1",
    f"{SPOOFED}:4711",
    f" {SPOOFED}\t",
    "198.51.100.007",
    "3325256711",
    "0xc6336407",
    "localhost",
    "unknown",
    "_hidden",
    "",
    "null",
    ",,,",
    f'"{SPOOFED}"',
    "2001:db8::7",
    "[2001:db8::7]",
    "[2001:db8::7]:4711",
    "2001:DB8:0:0:0:0:0:7",
    "fe80::1%eth0",
    "::ffff:198.51.100.7",
    "::1",
    "64:ff9b::c633:6407",
    "*",
    "../../etc/passwd",
    f"{SPOOFED}\xa0",
]
OTHER_HEADERS = [
    ("X-Real-IP", SPOOFED),
    ("X-Client-IP", SPOOFED),
    ("Client-IP", SPOOFED),
    ("X-Forwarded", f"for={SPOOFED}"),
    ("Forwarded-For", SPOOFED),
    ("Forwarded", f"for={SPOOFED};proto=https"),
    ("Forwarded", 'for="[2001:db8::7]:4711", for=127.0.0.1'),
    ("True-Client-IP", SPOOFED),
    ("CF-Connecting-IP", SPOOFED),
    ("CF-Connecting-IPv6", "2001:db8::7"),
    ("Fastly-Client-IP", SPOOFED),
    ("X-Cluster-Client-IP", SPOOFED),
    ("X-Original-Forwarded-For", SPOOFED),
    ("X-ProxyUser-Ip", SPOOFED),
    ("X_Forwarded_For", SPOOFED),
    ("REMOTE_ADDR", SPOOFED),
    ("Via", f"1.1 {SPOOFED}"),
]
DISGUISES = [
    *([("X-Forwarded-For", value)] for value in FORWARDED_FOR),
    *([header] for header in OTHER_HEADERS),
    [("X-Forwarded-For", SPOOFED), ("X-Forwarded-For", "203.0.113.9")],
    [("x-forwarded-for", SPOOFED), ("X-Real-IP", SPOOFED), ("Forwarded", f"for={SPOOFED}")],
]


@pytest.fixture(scope="module")
def started_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountingShop]:
    folder = tmp_path_factory.mktemp("counting")
    with counting_shop(
        folder, SHOP_RATE_LIMITS=LIMITS, SHOP_CORS_ALLOWED_ORIGINS=STOREFRONT
    ) as shop:
        yield shop


@pytest.fixture
def shop(started_shop: CountingShop) -> CountingShop:
    """Four workers, and nobody has asked yet."""
    started_shop.redis.flushall()
    return started_shop


@pytest.fixture(scope="module")
def racing_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountingShop]:
    """The same shop without what guards the limits: it reads and writes, and believes proxies."""
    with counting_shop(
        tmp_path_factory.mktemp("racing"),
        wsgi="ecommerce_backend.tests.racing_wsgi:application",
        SHOP_RATE_LIMITS=LIMITS,
        SHOP_TRUSTED_PROXIES="127.0.0.0/8",
    ) as shop:
        yield shop


def passed(answers: list[Answer]) -> int:
    return sum(answer.status != HTTPStatus.TOO_MANY_REQUESTS for answer in answers)


def exhaust(shop: CountingShop) -> None:
    assert passed([shop.ask() for _ in range(QUOTA)]) == QUOTA


def test_of_two_hundred_clients_exactly_the_stated_number_pass(shop: CountingShop) -> None:
    answers = shop.crowd(CLIENTS)

    assert Counter(answer.status for answer in answers) == {404: QUOTA, 429: CLIENTS - QUOTA}
    # Each was told another number: no two workers counted the same place.
    assert sorted(answer.left for answer in answers if answer.status == 404) == [*range(QUOTA)]
    assert {answer.left for answer in answers if answer.status == 429} == {0}


def test_a_counter_that_is_read_and_then_written_lets_more_pass(racing_shop: CountingShop) -> None:
    racing_shop.redis.flushall()

    assert passed(racing_shop.crowd(CLIENTS)) > QUOTA


def test_no_disguise_lets_one_more_request_pass(shop: CountingShop) -> None:
    assert len(DISGUISES) >= 40
    plain, twice = QUOTA - len(DISGUISES), 2

    answers = [shop.ask() for _ in range(plain)]
    answers += [shop.ask(headers=headers) for headers in DISGUISES * twice]

    assert [answer.status for answer in answers] == [404] * QUOTA + [429] * len(DISGUISES)
    assert {line["client"] for line in shop.logged("answered")} == {"127.0.0.1"}


def test_a_proxy_that_is_trusted_may_name_the_client(racing_shop: CountingShop) -> None:
    racing_shop.redis.flushall()
    exhaust(racing_shop)

    clients = [[("X-Forwarded-For", f"198.51.100.{number}")] for number in range(40)]
    answers = [racing_shop.ask(headers=headers) for headers in clients]

    assert {answer.status for answer in answers} == {404}
    assert {answer.left for answer in answers} == {QUOTA - 1}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("HEAD", NOWHERE, {}),
        ("OPTIONS", NOWHERE, {}),
        ("POST", NOWHERE, {}),
        ("BREW", NOWHERE, {}),
        ("POST", NOWHERE, {"X-HTTP-Method-Override": "OPTIONS"}),
        ("GET", "/API/V1/NOWHERE/", {}),
        ("GET", "//api/v1/nowhere/", {}),
        ("GET", "/api//v1/nowhere/", {}),
        ("GET", "/api/v1/nowhere", {}),
        ("GET", "/api/v1/./nowhere/", {}),
        ("GET", "/x/../api/v1/nowhere/", {}),
        ("GET", "/%61pi/v1/nowhere/", {}),
        ("GET", "/api/v1/nowhere/?a=1", {}),
        ("GET", "/api/v1/nowhere/;a=1", {}),
        ("GET", "/HEALTH/live/", {}),
        ("GET", "//health/live/", {}),
        ("GET", NOWHERE, {"SCRIPT_NAME": "/health"}),
        ("GET", NOWHERE, {"SCRIPT_NAME": "/api"}),
        ("GET", "/admin/login/", {}),
        ("GET", "/", {}),
        ("GET", "http://elsewhere.example/api/v1/nowhere/", {}),
        ("GET", NOWHERE, {"Authorization": "Bearer made-up"}),
    ],
)
def test_no_spelling_of_a_request_gets_around_the_limit(
    limited_shop: CountingShop, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = limited_shop.ask(path, method=method, headers=headers)

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.fixture
def limited_shop(shop: CountingShop) -> CountingShop:
    """A shop that has had enough of us."""
    exhaust(shop)
    return shop


def test_probes_and_preflights_are_answered_all_the_same(limited_shop: CountingShop) -> None:
    preflight = {"Origin": STOREFRONT, "Access-Control-Request-Method": "PUT"}

    assert limited_shop.ask("/health/live/").status == 200
    assert limited_shop.ask("/metrics").status == 200
    answer = limited_shop.ask(method="OPTIONS", headers=preflight)
    assert answer.status == 200
    assert "RateLimit" not in answer.headers
    refused = limited_shop.ask(headers={"Origin": STOREFRONT})
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (429, STOREFRONT)


def test_while_redis_hangs_each_worker_gives_its_share(
    shop: CountingShop,
) -> None:
    share = QUOTA // WORKERS
    shop.valkey.suspend()

    began = time.monotonic()
    answers = shop.crowd(CLIENTS)
    seconds = time.monotonic() - began

    degraded = int(metric(shop, "nexus_degraded_workers"))
    assert share <= passed(answers) <= share * degraded <= QUOTA
    assert {answer.quota for answer in answers} == {share}
    # If each of them waited for the time-out, sixteen at a time, it would be twelve seconds.
    assert seconds < 8
    assert len(shop.logged("security.degraded")) == degraded

    shop.valkey.resume()
    await_quota(shop, QUOTA)
    assert metric(shop, "nexus_degraded_workers") == 0
    assert len(shop.logged("security.restored")) == degraded


def await_quota(shop: CountingShop, quota: int) -> None:
    """Ask until every worker, and so a good many answers in a row, counts in Redis again."""
    deadline, in_a_row = time.monotonic() + 15, 0
    while in_a_row < 10 * WORKERS:
        assert time.monotonic() < deadline
        in_a_row = in_a_row + 1 if shop.ask().quota == quota else 0


def metric(shop: CountingShop, name: str) -> float:
    page = shop.ask("/metrics").body.decode()
    families = text_string_to_metric_families(page)
    samples = (sample for family in families for sample in family.samples)
    return sum(sample.value for sample in samples if sample.name == name)
