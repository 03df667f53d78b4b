"""Which reads a replica may answer. A real one: scripts/tests/scaling/test_replica.py."""

import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings
from redis import Redis

from catalog.models import Product
from ecommerce_backend.common.replica import pins
from ecommerce_backend.common.replica.asking import NoAnswer, cut, number_of
from ecommerce_backend.common.replica.follower import Follower
from ecommerce_backend.common.replica.middleware import PinWritersMiddleware
from ecommerce_backend.common.replica.positions import Positions
from ecommerce_backend.common.replica.router import ReplicaRouter, reading_from_replica
from ecommerce_backend.common.replica.views import ReplicaFailed, raise_if_of_replica
from orders.models import Order
from reviews.models import Review
from users.models import LoginSession

router = ReplicaRouter()


@pytest.mark.parametrize("model", [Product, Review])
def test_only_in_a_view_that_says_so_the_catalogue_and_reviews_are_read_there(
    model: type[Product | Review],
) -> None:
    assert router.db_for_read(model) == "default"
    with reading_from_replica():
        assert router.db_for_read(model) == "replica"
        assert router.db_for_write(model) == "default"
    assert router.db_for_read(model) == "default"


@pytest.mark.parametrize("model", [Order, LoginSession])
def test_nothing_else_is_ever_read_there(model: type[Order | LoginSession]) -> None:
    with reading_from_replica():
        assert router.db_for_read(model) == "default"


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_the_primary_answers() -> None:
    with reading_from_replica(), transaction.atomic():
        assert router.db_for_read(Product) == "default"


def test_a_row_that_is_locked_is_read_where_it_is_written(settings: Settings) -> None:
    settings.DATABASE_ROUTERS = ["ecommerce_backend.common.replica.router.ReplicaRouter"]

    with reading_from_replica():
        assert Product.objects.all().db == "replica"
        assert Product.objects.select_for_update(of=("self",), no_key=True).db == "default"


def test_migrations_are_for_the_primary_alone() -> None:
    assert router.allow_migrate("default", "catalog")
    assert not router.allow_migrate("replica", "catalog")


def test_what_a_replica_has_replayed_is_dated_by_the_primarys_log() -> None:
    positions = Positions()
    assert positions.as_of(0) is None
    for asked_at, position in ((10.0, 100), (11.0, 100), (12.0, 300)):
        positions.note(asked_at, position)

    assert positions.as_of(99) is None
    assert positions.as_of(100) == 11.0  # nothing was written between the two
    assert positions.as_of(299) == 11.0
    assert positions.as_of(300) == 12.0


@pytest.fixture
def server() -> Iterator["psycopg.Connection[object]"]:
    parameters = connection.get_connection_params()
    parameters |= {"dbname": "postgres", "autocommit": True}
    with closing(psycopg.connect(**parameters)) as own:  # it is broken by then
        yield own


def test_a_server_is_asked_for_one_number(server: "psycopg.Connection[object]") -> None:
    assert number_of(server, b"SELECT 42", seconds=5) == 42
    assert number_of(server, b"SELECT NULL::int", seconds=5) is None
    with pytest.raises(NoAnswer, match="division by zero"):
        number_of(server, b"SELECT 1 / 0", seconds=5)


def test_a_server_that_hangs_is_waited_for_so_long_and_no_longer(
    server: "psycopg.Connection[object]",
) -> None:
    began = time.monotonic()

    with pytest.raises(NoAnswer, match="it hangs"):
        number_of(server, b"SELECT 1 FROM pg_sleep(60)", seconds=0.2)

    assert 0.2 <= time.monotonic() - began < 10
    cut(server)


def test_whoever_waits_for_an_answer_can_be_freed(server: "psycopg.Connection[object]") -> None:
    errors: list[psycopg.Error] = []

    def wait() -> None:
        try:
            server.execute("SELECT pg_sleep(60)")
        except psycopg.Error as error:
            errors.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    cut(server)
    waiting.join(10)

    assert [type(error) for error in errors] == [psycopg.OperationalError]


@pytest.fixture
def follow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Follower]]:
    """Let something follow a server that is not even a replica, or is not there."""
    followers: list[Follower] = []

    def begin(**address: Any) -> Follower:
        same = {**connection.settings_dict, "NAME": "postgres", **address}
        monkeypatch.setitem(connections.settings, "replica", same)
        followers.append(Follower())
        return followers[-1]

    yield begin
    for follower in followers:
        follower.close()
    del connections["replica"]


@pytest.mark.django_db
def test_a_server_that_is_no_replica_is_never_used(follow: Callable[..., Follower]) -> None:
    follower = follow()

    assert follower.look() == "it is no replica"
    assert not follower.is_current()


@pytest.mark.django_db
def test_a_replica_that_is_not_there_is_left(follow: Callable[..., Follower]) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        follower = follow(PORT=nobody_listens.getsockname()[1])

        assert "Connection refused" in follower.look()
        assert follower.lag() == math.inf


REQUESTS = RequestFactory(REMOTE_ADDR="203.0.113.7")


def answer(*, method: str = "POST", **more: Any) -> None:
    """Let a request through the middleware."""
    PinWritersMiddleware(lambda _: HttpResponse())(REQUESTS.generic(method, "/", **more))


def pinned(**more: Any) -> bool:
    return pins.is_pinned(pins.marks_of(REQUESTS.get("/", **more)))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_whoever_asks_for_a_change_reads_from_the_primary(method: str) -> None:
    assert not pinned()
    answer(method=method)
    assert pinned()
    assert not pinned(REMOTE_ADDR="203.0.113.8")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_look_pins_nobody(method: str) -> None:
    answer(method=method)
    assert not pinned()


@pytest.mark.parametrize("header", ["HTTP_AUTHORIZATION", "HTTP_X_CART_TOKEN"])
def test_a_token_is_known_again_from_another_network(header: str) -> None:
    answer(**{header: "token-of-ada"})

    assert pinned(REMOTE_ADDR="203.0.113.8", **{header: "token-of-ada"})
    assert not pinned(REMOTE_ADDR="203.0.113.8", **{header: "token-of-grace"})


def test_a_token_that_the_answer_gave_is_known_as_well() -> None:
    given = HttpResponse(headers={"X-Cart-Token": "token-of-ada"})
    PinWritersMiddleware(lambda _: given)(REQUESTS.post("/"))

    assert pinned(REMOTE_ADDR="203.0.113.8", HTTP_X_CART_TOKEN="token-of-ada")


def test_a_pin_lasts_a_second_longer_than_the_replica_may_be_behind(settings: Settings) -> None:
    answer(HTTP_AUTHORIZATION="token-of-ada")

    with Redis.from_url(settings.REDIS_STATE_URL) as redis:
        keys = redis.keys("nexus-wrote:*")
        assert len(keys) == 2
        assert {redis.ttl(key) for key in keys} == {settings.REPLICA_MAX_LAG_SECONDS + 1}
        assert not [key for key in keys if b"ada" in key or b"203.0" in key]


def test_while_nobody_knows_who_wrote_everybody_reads_from_the_primary(settings: Settings) -> None:
    pins._breaker.cache_clear()  # noqa: SLF001
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        settings.REDIS_STATE_URL = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        assert pinned()
        assert pinned()  # the breaker is open: nobody is asked
    pins._breaker.cache_clear()  # noqa: SLF001


def test_an_error_of_the_replica_is_for_the_primary_to_answer() -> None:
    gone = OperationalError("the connection is lost")

    raise_if_of_replica(gone)
    with reading_from_replica():
        raise_if_of_replica(ValueError())
        with pytest.raises(ReplicaFailed):
            raise_if_of_replica(gone)


def test_a_query_that_takes_too_long_is_not_asked_again() -> None:
    cause = psycopg.errors.QueryCanceled()
    late = OperationalError()
    late.__cause__ = cause

    with reading_from_replica():
        raise_if_of_replica(late)
