"""The shop as a newcomer has it, over real HTTP."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from ecommerce_backend.tests.running_shop import (
    ADMIN_PASSWORD,
    ROOT,
    RunningShop,
    manage,
    start_shop,
    stop_shop,
)

pytestmark = pytest.mark.xdist_group("running_shop")


@pytest.fixture(scope="module")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    shop = start_shop(tmp_path_factory.mktemp("shop"), DEMO="1", DEMO_ADMIN_PASSWORD=ADMIN_PASSWORD)
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
