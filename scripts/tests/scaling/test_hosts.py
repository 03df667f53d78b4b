"""Three web hosts behind a balancer are one shop."""

import http
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from uuid import uuid4

import httpx
import psycopg
import pytest

from ecommerce_backend.tests.refusals import ROOT
from ecommerce_backend.tests.test_running_shop import quoted, sku_with_exactly
from scripts.embedded import stop
from scripts.journey import Json, Shopper, at_work, code_of
from scripts.tests.scaling.balanced import HOSTS, QUOTA, Balanced, balanced
from scripts.tests.scaling.shops import ADMIN, ADMIN_PASSWORD, await_that, environment, run

CROWD = 200
SHOPPERS, UNITS = 30, 10
# Somebody of the demo whom no other test needs, since a second factor stays.
CLERK, CLERK_PASSWORD = "support@shop.example", "demo-support-1"


@pytest.fixture(scope="module")
def shop(
    database_url: str, static_root: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Balanced]:
    folder = tmp_path_factory.mktemp("hosts")
    with balanced(folder, DATABASE_URL=database_url, SHOP_STATIC_ROOT=static_root) as found:
        yield found


def answered(shop: Balanced, path: str) -> list[Counter[object]]:
    """Return which clients each host says it answered at a path, and how often."""
    return [
        Counter(line["client"] for line in host.logged("answered") if line["path"] == path)
        for host in shop.hosts
    ]


def test_a_limit_is_its_number_over_all_hosts(shop: Balanced) -> None:
    path, start = f"/api/v1/{uuid4().hex}/", Barrier(CROWD)

    def ask(client: httpx.Client) -> int:
        start.wait()
        return client.get(path).status_code

    with ExitStack() as clients, ThreadPoolExecutor(CROWD) as pool:
        crowd = [clients.enter_context(shop.client("127.0.0.20")) for _ in range(CROWD)]
        statuses = Counter(pool.map(ask, crowd))

    assert statuses == {404: QUOTA, 429: CROWD - QUOTA}
    assert all(answered(shop, path))  # else it was no test of several


def test_the_shop_knows_the_client_behind_both_proxies(shop: Balanced) -> None:
    path = f"/api/v1/{uuid4().hex}/"
    spoof = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"}
    with shop.client("127.0.0.21", **spoof) as client:
        for _ in range(2 * HOSTS):
            assert client.get(path).status_code == http.HTTPStatus.NOT_FOUND

    assert set().union(*answered(shop, path)) == {"127.0.0.21"}


def test_who_signs_in_at_one_host_is_signed_in_at_all_and_out_as_well(shop: Balanced) -> None:
    with shop.client("127.0.0.22") as client:
        account = {"email": f"{uuid4().hex}@shop.example", "password": "a-harbour-of-ships"}
        access = client.post("/api/v1/auth/register/", json=account).json()["access"]
        client.headers["Authorization"] = f"Bearer {access}"
        seen = [client.get("/api/v1/users/me/").status_code for _ in range(4 * HOSTS)]
        assert seen == [200] * len(seen)
        assert all(counts["127.0.0.22"] for counts in answered(shop, "/api/v1/users/me/"))

        assert client.post("/api/v1/auth/logout-all/").is_success
        seen = [client.get("/api/v1/users/me/").status_code for _ in range(4 * HOSTS)]
        assert seen == [401] * len(seen)


def test_staff_who_sign_in_at_one_host_work_at_all(shop: Balanced) -> None:
    with shop.client("127.0.0.23") as browser:
        browser.get("/admin/login/")
        (token,) = (cookie.value for cookie in browser.cookies.jar if cookie.name.endswith("csrf"))
        form = {"username": CLERK, "password": CLERK_PASSWORD, "csrfmiddlewaretoken": token}
        referer = {"Referer": "https://shop.example/admin/login/"}
        shown = browser.post("/admin/login/?next=/admin/", data=form, headers=referer)
        assert shown.headers["Location"] == "/admin/second-factor/enrolment/"
        page = browser.get("/admin/second-factor/enrolment/").text
        (secret,) = re.findall(r'<code id="secret">([A-Z2-7 ]+)</code>', page)
        form = {"otp": code_of(secret.replace(" ", "")), "csrfmiddlewaretoken": token}
        enrolled = browser.post("/admin/second-factor/enrolment/", data=form, headers=referer)
        assert "Keep these codes" in enrolled.text
        pages = [browser.get("/admin/").status_code for _ in range(4 * HOSTS)]

    assert pages == [200] * len(pages)
    assert all(counts["127.0.0.23"] for counts in answered(shop, "/admin/"))


def test_the_last_units_are_sold_once_over_all_hosts(shop: Balanced, database_url: str) -> None:
    with ExitStack() as clients:

        def arrive(address: str) -> Shopper:
            shopper = Shopper("https://shop.example")
            shopper.http.close()
            shopper.http = clients.enter_context(shop.client(address))
            return shopper

        with at_work(arrive("127.0.0.24"), ADMIN, ADMIN_PASSWORD) as staff:
            sku = sku_with_exactly(staff, units=UNITS)
        ready = [quoted(arrive(f"127.0.1.{number}"), sku) for number in range(1, SHOPPERS + 1)]
        start = Barrier(SHOPPERS)

        def place(order: tuple[Shopper, Json]) -> tuple[int, str]:
            shopper, placement = order
            start.wait()
            key = shopper.headers | {"Idempotency-Key": uuid4().hex}
            answer = shopper.http.post("/api/v1/orders/", json=placement, headers=key)
            return answer.status_code, answer.json().get("code", "")

        with ThreadPoolExecutor(SHOPPERS) as pool:
            outcomes = Counter(pool.map(place, ready))

    assert outcomes == {(201, ""): UNITS, (409, "insufficient_stock"): SHOPPERS - UNITS}
    assert all(answered(shop, "/api/v1/orders/"))
    run("manage.py", "check_invariants", DATABASE_URL=database_url)


def test_a_host_that_dies_is_passed_over(shop: Balanced) -> None:
    with shop.client("127.0.0.25") as client:
        shop.hosts[0].kill()
        statuses = [client.get("/api/v1/categories/").status_code for _ in range(30)]
        shop.revive(0)

    assert statuses == [200] * 30


def test_two_schedulers_do_each_periodic_job_once(database_url: str) -> None:
    command = [sys.executable, "manage.py", "run_worker", "--queue=scheduled"]
    given = environment(DATABASE_URL=database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'scheduled'")
        connection.execute("DELETE FROM procrastinate_periodic_defers")
        workers = [subprocess.Popen(command, cwd=ROOT, env=given) for _ in range(2)]
        try:
            await_that(lambda: connected(connection) == 2, seconds=60)
            await_that(lambda: bool(jobs(connection)) and not waiting(connection), seconds=90)
        finally:
            for worker in workers:
                stop(worker)
        counts = jobs(connection)
    assert counts
    assert set(counts.values()) == {1}


def connected(connection: "psycopg.Connection[tuple[object, ...]]") -> int:
    """Return how many workers listen for jobs."""
    row = connection.execute(
        "SELECT count(DISTINCT id) FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - interval '1 minute'"
    ).fetchone()
    return int(str(row[0])) if row else 0


def jobs(connection: "psycopg.Connection[tuple[object, ...]]") -> dict[tuple[object, ...], object]:
    """Return how many jobs there were for each periodic task and the minute it was due."""
    rows = connection.execute(
        "SELECT task_name, args->>'timestamp', count(*) FROM procrastinate_jobs"
        " WHERE queue_name = 'scheduled' GROUP BY 1, 2"
    )
    return {tuple(row[:2]): row[2] for row in rows}


def waiting(connection: "psycopg.Connection[tuple[object, ...]]") -> int:
    row = connection.execute(
        "SELECT count(*) FROM procrastinate_jobs"
        " WHERE queue_name = 'scheduled' AND status <> 'succeeded'"
    ).fetchone()
    return int(str(row[0])) if row else 0
