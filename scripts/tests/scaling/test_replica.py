"""A shop whose public reads go to a streaming replica: late, killed, hung, and back."""

import http
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from redis import Redis

from ecommerce_backend.tests.running_shop import free_port
from scripts.tests.scaling.postgres import Replica, primary, replica_of, server_folder
from scripts.tests.scaling.shops import WebHost, await_that, fill, web_host
from scripts.tests.scaling.visitors import visitors

MAX_LAG = 5  # seconds
WORKERS = 2
LATE = 60  # seconds: far more than that


@pytest.fixture(scope="module")
def primary_url() -> Iterator[str]:
    with server_folder() as folder, primary(folder) as url:
        fill(url)
        yield url


@pytest.fixture(scope="module")
def replica(primary_url: str) -> Iterator[Replica]:
    with server_folder() as folder, replica_of(primary_url, folder) as copy:
        yield copy


@contextmanager
def shop_with(replica: Replica, primary_url: str, folder: Path) -> Iterator[WebHost]:
    with web_host(
        folder,
        DATABASE_URL=primary_url,
        DATABASE_REPLICA_URL=replica.url,
        SHOP_REPLICA_MAX_LAG=str(MAX_LAG),
        # As behind a proxy, so that each visitor comes from a network of its own.
        SHOP_TRUSTED_PROXIES="127.0.0.1/32",
    ) as host:
        yield host


@pytest.fixture(scope="module")
def shop(
    replica: Replica, primary_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebHost]:
    with shop_with(replica, primary_url, tmp_path_factory.mktemp("web")) as host:
        await_replica(host)
        yield host


def await_replica(host: WebHost) -> float:
    """Wait until every worker takes the replica for current; return how many seconds it took."""

    def all_use_it() -> bool:
        told = len(host.logged("replica.used")) + len(host.logged("replica.left"))
        return told >= WORKERS and host.metric("nexus_degraded_workers", part="replica") == 0

    return await_that(all_use_it, of=host, seconds=30)


def served(host: WebHost, outcome: str = "replica") -> float:
    return host.metric("nexus_replica_reads_total", outcome=outcome)


def a_product(client: httpx.Client) -> str:
    return str(client.get("/api/v1/products/?page_size=1").json()["results"][0]["slug"])


def test_public_reads_go_to_the_replica_and_the_rest_does_not(
    shop: WebHost, replica: Replica, primary_url: str
) -> None:
    with shop.client(headers={"X-Forwarded-For": "203.0.113.1"}) as client:
        before = served(shop)
        slug = a_product(client)
        paths = ("categories/", "brands/", f"products/{slug}/", f"products/{slug}/reviews/")
        assert {client.get(f"/api/v1/{path}").status_code for path in paths} == {200}
        assert served(shop) == before + 1 + len(paths)
        assert client.get("/api/v1/cart/").is_success
        assert served(shop) == before + 1 + len(paths)


def test_who_wrote_something_sees_it_though_the_replica_is_late(
    shop: WebHost, replica: Replica
) -> None:
    with late(replica), shop.client(headers={"X-Forwarded-For": "203.0.113.2"}) as writer:
        slug = a_product(writer)
        before = reviews_of(writer, slug)
        review(writer, slug)

        with shop.client(headers={"X-Forwarded-For": "203.0.113.3"}) as stranger:
            assert reviews_of(writer, slug) == before + 1
            assert reviews_of(stranger, slug) == before
            forget_who_wrote()  # the control: without the pin
            assert reviews_of(writer, slug) == before

            # Too late to be used: the primary answers everybody, long before the replica has it.
            await_that(lambda: reviews_of(stranger, slug) == before + 1, seconds=MAX_LAG + 5)
            assert served(shop, "behind") > 0
            assert shop.logged("replica.left")[-1]["reason"] == "it is behind"

    await_replica(shop)


@contextmanager
def late(replica: Replica) -> Iterator[None]:
    replica.delay(LATE)
    try:
        yield
    finally:
        replica.delay(0)


def review(client: httpx.Client, slug: str) -> None:
    account = {"email": f"{uuid4().hex}@shop.example", "password": "a-harbour-of-ships"}
    signed_in = client.post("/api/v1/auth/register/", json=account).json()
    answer = client.post(
        f"/api/v1/products/{slug}/reviews/",
        json={"rating": 5, "title": "Sturdy", "text": "It does what it should."},
        headers={"Authorization": f"Bearer {signed_in['access']}"},
    )
    assert answer.status_code == http.HTTPStatus.CREATED, answer.text


def reviews_of(client: httpx.Client, slug: str) -> int:
    return int(client.get(f"/api/v1/products/{slug}/reviews/summary/").json()["count"])


def forget_who_wrote() -> None:
    with Redis.from_url(os.environ["REDIS_URL"]) as redis:
        marks = redis.keys("nexus-wrote:*")
        assert marks
        redis.delete(*marks)


def test_another_network_with_the_same_token_is_known_again(
    shop: WebHost, replica: Replica
) -> None:
    with late(replica), shop.client() as client:
        slug = a_product(client)
        before = reviews_of(client, slug)
        client.headers["X-Forwarded-For"] = "203.0.113.4"
        account = {"email": f"{uuid4().hex}@shop.example", "password": "a-harbour-of-ships"}
        access = client.post("/api/v1/auth/register/", json=account).json()["access"]
        client.headers["X-Forwarded-For"] = "203.0.113.5"
        client.headers["Authorization"] = f"Bearer {access}"
        answer = client.post(f"/api/v1/products/{slug}/reviews/", json={"rating": 4})
        assert answer.status_code == http.HTTPStatus.CREATED, answer.text
        client.headers["X-Forwarded-For"] = "203.0.113.6"

        assert reviews_of(client, slug) == before + 1
        del client.headers["Authorization"]  # the control
        assert reviews_of(client, slug) == before

    await_replica(shop)


def test_a_replica_that_is_killed_fails_no_request(
    shop: WebHost, replica: Replica, capsys: pytest.CaptureFixture[str]
) -> None:
    with visitors(shop) as crowd:
        some = served(shop)
        await_that(lambda: served(shop) > some + 100, of=shop, seconds=30)
        replica.kill()
        primarys = served(shop, "behind")
        await_that(lambda: served(shop, "behind") > primarys + 100, of=shop, seconds=30)
        replica.start()
        await_replica(shop)
        some = served(shop)
        await_that(lambda: served(shop) > some + 100, of=shop, seconds=30)

    assert set(crowd.statuses) == {200}
    with capsys.disabled():
        print(f"\n  killed: {crowd.statuses.total()} requests, none failed")


def test_a_replica_that_hangs_holds_nobody_up_for_long(
    shop: WebHost, replica: Replica, capsys: pytest.CaptureFixture[str]
) -> None:
    with visitors(shop) as crowd:
        some = served(shop)
        await_that(lambda: served(shop) > some + 100, of=shop, seconds=30)
        replica.suspend()
        primarys = served(shop, "behind")
        await_that(lambda: served(shop, "behind") > primarys + 100, of=shop, seconds=30)
        assert served(shop, "failed") > 0
        replica.resume()
        await_replica(shop)

    assert set(crowd.statuses) == {200}
    assert 1 < crowd.longest < 15  # without the watch each thread would wait for good
    with capsys.disabled():
        print(f"\n  hung: {crowd.statuses.total()} requests, the longest {crowd.longest:.1f} s")


def test_a_replica_that_was_promoted_is_left(
    shop: WebHost, primary_url: str, tmp_path: Path
) -> None:
    """It has a history of its own from then on."""
    with (
        server_folder() as folder,
        replica_of(primary_url, folder) as copy,
        shop_with(copy, primary_url, tmp_path) as host,
    ):
        await_replica(host)
        with psycopg.connect(copy.url, autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

        await_that(lambda: len(host.logged("replica.left")) == WORKERS, of=host, seconds=20)
        assert {line["reason"] for line in host.logged("replica.left")} == {"it is no replica"}


def test_a_shop_starts_without_its_replica(primary_url: str, tmp_path: Path) -> None:
    nowhere = f"postgresql://shop:word@127.0.0.1:{free_port()}/shop"
    with web_host(tmp_path, DATABASE_URL=primary_url, DATABASE_REPLICA_URL=nowhere) as host:
        assert httpx.get(f"{host.url}/api/v1/categories/").is_success
        assert httpx.get(f"{host.url}/health/ready/").is_success
        assert served(host, "behind") == 1
