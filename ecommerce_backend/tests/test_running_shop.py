"""The shop as a newcomer has it, over real HTTP."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import httpx
import psutil
import pytest

from ecommerce_backend.tests.running_shop import (
    ADMIN_PASSWORD,
    ROOMY_LIMITS,
    ROOT,
    RunningShop,
    manage,
    start_shop,
    stop_shop,
)
from scripts.journey import ADDRESS, Json, Shopper, at_work

pytestmark = pytest.mark.xdist_group("running_shop")


@pytest.fixture(scope="session")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    shop = start_shop(
        tmp_path_factory.mktemp("shop"),
        DEMO="0.2",
        DEMO_ADMIN_PASSWORD=ADMIN_PASSWORD,
        SHOP_RATE_LIMITS=ROOMY_LIMITS,
        STAFF_MFA="required",
    )
    yield shop
    stop_shop(shop)


def test_one_can_buy_a_real_product_from_the_first_look_to_the_review(
    running_shop: RunningShop,
) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "journey.py"), running_shop.base_url]
    journey = subprocess.run(
        [*command, "--staff", "orders@shop.example", "--password", "demo-orders-1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert journey.returncode == 0, journey.stdout + journey.stderr


def test_a_management_command_runs_against_the_running_shop(running_shop: RunningShop) -> None:
    checked = manage(running_shop, "check_invariants")

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "path", ["/", "/api/docs/", "/api/redoc/", "/admin/login/", "/metrics", "/api/v1/schema/"]
)
def test_every_page_of_the_welcome_screen_is_there(running_shop: RunningShop, path: str) -> None:
    response = httpx.get(running_shop.base_url + path)

    assert response.status_code == 200
    assert response.headers["X-Request-ID"]


@pytest.mark.parametrize("name", ["a" * 300, "%F0%9F%8E%81" * 100, "%00", "a/" * 500])
def test_no_name_of_a_picture_is_too_much(running_shop: RunningShop, name: str) -> None:
    assert httpx.get(f"{running_shop.base_url}/media/{name}").status_code == 404


def test_ctrl_c_stops_everything_and_a_kill_does_not_stop_the_next_start(tmp_path: Path) -> None:
    first = start_shop(tmp_path, DEMO="0")
    children = psutil.Process(first.process.pid).children(recursive=True)
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0
    assert not [child for child in children if child.is_running()]

    second = start_shop(tmp_path, DEMO="0")
    shell(second, "User.objects.create_user('kept@shop.example')")
    os.kill(second.process.pid, signal.SIGKILL)
    second.process.wait()

    third = start_shop(tmp_path, DEMO="0")
    assert shell(third, "print(User.objects.count())") == "1"
    assert stop_shop(third) == 0


def shell(shop: RunningShop, expression: str) -> str:
    run = manage(
        shop, "shell", "--verbosity=0", "-c", f"from users.models import User; {expression}"
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.fixture
def arrive(running_shop: RunningShop) -> Iterator[Callable[[], Shopper]]:
    """Let another client come to the shop; all are gone after the test."""
    with ExitStack() as clients:

        def one_more() -> Shopper:
            shopper = Shopper(running_shop.base_url)
            clients.enter_context(shopper.http)
            return shopper

        yield one_more


@pytest.fixture
def staff(arrive: Callable[[], Shopper]) -> Iterator[Shopper]:
    with at_work(arrive(), "admin@shop.example", ADMIN_PASSWORD) as staff:
        yield staff


def test_two_hundred_clients_racing_for_fifty_units_get_fifty_orders(
    running_shop: RunningShop, arrive: Callable[[], Shopper], staff: Shopper
) -> None:
    sku = sku_with_exactly(staff, units=50)
    start = Barrier(200)

    def place_one(order: tuple[Shopper, Json]) -> tuple[int, str]:
        shopper, placement = order
        start.wait()
        response = shopper.http.post(
            "/api/v1/orders/",
            json=placement,
            headers=shopper.headers | {"Idempotency-Key": uuid4().hex},
        )
        return response.status_code, response.json().get("code", "")

    with ThreadPoolExecutor(20) as pool:
        ready = list(pool.map(lambda _: quoted(arrive(), sku), range(200)))
    with ThreadPoolExecutor(200) as pool:
        answers = Counter(pool.map(place_one, ready))

    assert answers == {(201, ""): 50, (409, "insufficient_stock"): 150}
    found = staff.call("GET", f"staff/stock/?search={sku}")["results"]
    assert [stock["available"] for stock in found if stock["sku"] == sku] == [0]
    assert manage(running_shop, "check_invariants").returncode == 0


def sku_with_exactly(staff: Shopper, *, units: int) -> str:
    card = staff.call("GET", "products/?in_stock=true&currency=USD")["results"][0]
    variants = staff.call("GET", f"products/{card['slug']}/")["variants"]
    variant = next(variant for variant in variants if variant["available"])
    change = {"change": units - variant["available"], "reason": "counted"}
    if change["change"]:
        staff.call("POST", f"staff/stock/{variant['sku']}/adjustments/", change, expect=201)
    return str(variant["sku"])


def quoted(guest: Shopper, sku: str) -> tuple[Shopper, Json]:
    guest.call("POST", "cart/lines/", {"sku": sku, "quantity": 1, "currency": "USD"}, expect=201)
    quote = guest.call("POST", "checkout/quote/", {"shipping_address": ADDRESS})
    return guest, {
        "email": f"{uuid4().hex}@shop.example",
        "shipping_address": ADDRESS,
        "shipping_method": quote["shipping_method"],
        "quote": quote["quote"],
    }
