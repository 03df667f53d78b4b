import os
import signal
import time
from pathlib import Path

import pytest

from scripts.deploy.compose import docker_output
from scripts.tests.stack.conftest import Shop
from scripts.tests.stack.stack import wait_until

SERVICES = (
    "web-blue",
    "worker",
    "scheduler",
    "db",
    "redis-cache",
    "redis-state",
    "nginx",
    "certbot",
    "backup",
)


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_container_heals(service: str, shop: Shop) -> None:
    name = f"web-{shop.stack.state.color}" if service == "web-blue" else service
    before = shop.stack.container(name)
    assert before is not None
    assert before.is_healthy
    begun = time.monotonic()

    kill_main_process(before.id)

    def is_back() -> bool:
        found = shop.stack.container(name)
        return found is not None and found.is_healthy and found.started_at != before.started_at

    wait_until(is_back)
    healthy = time.monotonic() - begun
    wait_until(lambda: shop.ask("/api/v1/products/")[0] == 200)
    print(f"\n{name}: healthy {healthy:.1f} s after kill -9, the shop whole after", end=" ")
    print(f"{time.monotonic() - begun:.1f} s")


def kill_main_process(container: str) -> None:
    """Kill what the container runs for: the child of its init, by the number the host knows it by.

    `docker kill` would count as the operator's wish, and the container would stay away.
    """
    found = docker_output(["docker", "inspect", "--format", "{{.State.Pid}}", container])
    init = found.stdout.strip()
    children = Path(f"/proc/{init}/task/{init}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
