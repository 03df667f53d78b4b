"""PostgreSQL restarted, stopped, hung and full, for real: what the shop answers, and until when.

The shop runs four workers on a server of this module's own.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier

import psutil
import psycopg
import pytest

from ecommerce_backend.common import database_patience
from ecommerce_backend.tests.counting_shop import (
    WORKERS,
    Answer,
    CountingShop,
    counting_shop,
)
from scripts.embedded import Servers, environment_of, read_state

WSGI = "ecommerce_backend.tests.faulty_wsgi:application"
ONE = "/api/v1/ask/one/"


class Database:
    """A PostgreSQL that can be stopped and started, at one address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running = ExitStack()

    def start(self) -> None:
        servers = Servers(self.folder, owner="test", throw_away=True, only=["postgres"])
        self._running.enter_context(servers)

    def stop(self) -> None:
        self._running.close()

    @property
    def url(self) -> str:
        state = read_state(self.folder)
        assert state
        return environment_of(state)["DATABASE_URL"]

    @property
    def process(self) -> psutil.Process:
        state = read_state(self.folder)
        assert state
        return psutil.Process(state["pids"]["postgres"])


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    one = Database(tmp_path_factory.mktemp("database"))
    one.start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def shop(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountingShop]:
    with psycopg.connect(database.url, autocommit=True) as owner:
        owner.execute("CREATE ROLE shop LOGIN PASSWORD 'only-in-this-test'")
        owner.execute("CREATE TABLE thing AS SELECT 0 AS number")
        owner.execute("CREATE TABLE pair AS SELECT id, 0 AS number FROM generate_series(1, 2) id")
        owner.execute("GRANT SELECT, UPDATE ON thing, pair TO shop")
    folder = tmp_path_factory.mktemp("faults")
    with counting_shop(folder, wsgi=WSGI, DATABASE_URL=as_shop(database)) as one:
        yield one


def as_shop(database: Database) -> str:
    return f"postgresql://shop:only-in-this-test@{database.url.partition('@')[2]}"


def ask_all(shop: CountingShop, path: str = ONE, times: int = 32) -> list[Answer]:
    """Ask so often, eight at a time, that every worker has its turn."""
    with ThreadPoolExecutor(8) as clients:
        return list(clients.map(lambda _: shop.ask(path), range(times)))


def assert_unavailable(answer: Answer) -> None:
    assert answer.status == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "2"
    assert json.loads(answer.body)["code"] == "unavailable"


def test_a_restart_of_the_database_costs_no_request_afterwards(
    shop: CountingShop, database: Database
) -> None:
    assert {answer.status for answer in ask_all(shop)} == {200}

    database.stop()
    for answer in ask_all(shop, times=8):
        assert_unavailable(answer)
    database.start()

    assert [answer.status for answer in ask_all(shop)] == [200] * 32


def test_a_restart_that_nobody_noticed_costs_none_either(
    shop: CountingShop, database: Database
) -> None:
    ask_all(shop)

    database.stop()
    database.start()

    assert [answer.status for answer in ask_all(shop)] == [200] * 32


def test_without_a_look_at_the_connection_it_would(
    shop: CountingShop, database: Database, tmp_path: Path
) -> None:
    with counting_shop(
        tmp_path, wsgi=WSGI, DATABASE_URL=as_shop(database), CONTROL="unchecked"
    ) as unchecked:
        ask_all(unchecked)

        database.stop()
        database.start()

        assert 503 in {answer.status for answer in ask_all(unchecked)}


@pytest.mark.parametrize("fault", ["slow", "idle", "killed", "read_only", "overtaken"])
def test_what_the_server_ends_is_unavailable_and_the_next_request_is_served(
    shop: CountingShop, fault: str
) -> None:
    for answer in ask_all(shop, f"/api/v1/ask/{fault}/", times=8):
        assert_unavailable(answer)

    assert [answer.status for answer in ask_all(shop)] == [200] * 32


def test_of_two_who_wait_for_each_other_one_is_told_to_come_again(shop: CountingShop) -> None:
    with ThreadPoolExecutor(2) as clients:
        answers = list(clients.map(shop.ask, ["/api/v1/ask/first/", "/api/v1/ask/second/"]))

    served, refused = sorted(answers, key=lambda answer: answer.status)
    assert served.status == 200
    assert_unavailable(refused)


def written(database: Database, table: str) -> list[int]:
    """Return the numbers in a table, which are 0 again afterwards."""
    with psycopg.connect(database.url, autocommit=True) as owner:
        numbers = [number for (number,) in owner.execute(f"SELECT number FROM {table}")]  # noqa: S608
        owner.execute(f"UPDATE {table} SET number = 0")  # noqa: S608
    return numbers


BOTH = ["/api/v1/ask/first_of_two/", "/api/v1/ask/second_of_two/"]


def test_of_two_units_of_work_that_wait_for_each_other_both_are_done_and_once_each(
    shop: CountingShop, database: Database
) -> None:
    with ThreadPoolExecutor(2) as clients:
        answers = list(clients.map(shop.ask, BOTH))

    assert [answer.status for answer in answers] == [200, 200]
    assert written(database, "pair") == [2, 2]
    retried = [line["sqlstate"] for line in shop.logged("transaction_retried")]
    assert retried.count("40P01") == 1


def test_without_another_try_one_of_them_is_refused(
    shop: CountingShop, database: Database, tmp_path: Path
) -> None:
    with (
        counting_shop(
            tmp_path, wsgi=WSGI, DATABASE_URL=as_shop(database), CONTROL="once"
        ) as impatient,
        ThreadPoolExecutor(2) as clients,
    ):
        answers = sorted(clients.map(impatient.ask, BOTH), key=lambda answer: answer.status)

    assert answers[0].status == 200
    assert_unavailable(answers[1])
    assert written(database, "pair") == [1, 1]


def test_what_was_overtaken_once_is_done_once(shop: CountingShop, database: Database) -> None:
    written(database, "thing")

    assert shop.ask("/api/v1/ask/overtaken_once/").status == 200

    assert written(database, "thing") == [2]  # the rival's and ours


def test_what_is_overtaken_at_every_try_is_told_to_come_again_after_the_fourth(
    shop: CountingShop, database: Database
) -> None:
    written(database, "thing")

    assert_unavailable(shop.ask("/api/v1/ask/overtaken_always/"))

    assert written(database, "thing") == [4]  # the rival's alone


def test_too_many_connections_are_unavailable_until_there_is_room(
    shop: CountingShop, database: Database
) -> None:
    with psycopg.connect(database.url, autocommit=True) as owner:
        owner.execute("ALTER ROLE shop CONNECTION LIMIT 0")
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename='shop'")
        for answer in ask_all(shop, times=8):
            assert_unavailable(answer)
        owner.execute("ALTER ROLE shop CONNECTION LIMIT -1")

    assert [answer.status for answer in ask_all(shop)] == [200] * 32


def test_a_database_that_hangs_is_given_up_and_served_again_when_it_goes_on(
    shop: CountingShop, database: Database
) -> None:
    ask_all(shop)

    with hung(database):
        began = time.monotonic()
        answers = ask_all(shop, times=4)
        seconds = time.monotonic() - began
        live = shop.ask("/health/live/")

    for answer in answers:
        assert_unavailable(answer)
    assert seconds < database_patience.SECONDS + 5
    assert live.status == 200
    assert [answer.status for answer in ask_all(shop)] == [200] * 32


@contextmanager
def hung(database: Database) -> Iterator[None]:
    """Stop the server's processes as they are: connections stay, and nothing answers on them."""
    server = database.process
    everybody = [server, *server.children(recursive=True)]
    for process in everybody:
        process.suspend()
    try:
        yield
    finally:
        for process in everybody:
            process.resume()


def slowest_live_answer(shop: CountingShop, database: Database) -> float:
    """Keep every thread of every worker waiting for a database that hangs; return seconds."""
    crowd = 6 * WORKERS  # a worker has four threads
    ask_all(shop)
    start = Barrier(crowd + 1)
    with ThreadPoolExecutor(crowd) as clients:
        with hung(database):
            waiting = [clients.submit(shop.ask, ONE, start=start) for _ in range(crowd)]
            start.wait(30)
            answers: list[Answer] = []
            while len(answers) < 40 and not all(one.done() for one in waiting):
                answers.append(shop.ask("/health/live/"))
        for one in waiting:
            one.result()
    assert {answer.status for answer in answers} == {200}
    return max(answer.seconds for answer in answers)


def test_a_process_says_that_it_lives_while_all_its_threads_wait(
    shop: CountingShop, database: Database
) -> None:
    assert slowest_live_answer(shop, database) < 1


def test_without_a_door_of_their_own_who_asks_waits_with_them(
    shop: CountingShop, database: Database, tmp_path: Path
) -> None:
    with counting_shop(
        tmp_path,
        wsgi=WSGI,
        DATABASE_URL=as_shop(database),
        GUNICORN_CMD_ARGS="--worker-class gthread",
    ) as doorless:
        assert slowest_live_answer(doorless, database) > 1
