"""A running shop: what `scripts/run.sh` starts, over a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = [sys.executable, "-m", "scripts.local"]
START_SECONDS = 150
ADMIN_PASSWORD = "only-in-this-test-1"  # noqa: S105
# For tests in which hundreds of clients come from one address, and that is not the point.
_CROWDED = ("address", "user", "checkout-address", "checkout-user", "token-misses")
ROOMY_LIMITS = ",".join(f"{name}=100000/minute" for name in _CROWDED)


@dataclass(frozen=True, kw_only=True)
class RunningShop:
    """What a test needs to know of it."""

    base_url: str
    process: subprocess.Popen[bytes]
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_shop(folder: Path, **environment: str) -> RunningShop:
    """Start the shop and wait until it answers."""
    port = str(free_port())
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "REDIS_", "DJANGO_", "SHOP_", "JWT_", "COV_"))
    }
    settings = inherited | {"DATA_DIR": str(folder), "PORT": port, **environment}
    process = subprocess.Popen([*LOCAL, "run"], cwd=ROOT, env=settings)
    shop = RunningShop(base_url=f"http://127.0.0.1:{port}", process=process, environment=settings)
    await_answer(shop)
    return shop


def await_answer(shop: RunningShop) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=0)) as http:
        for _ in range(START_SECONDS * 5):
            if shop.process.poll() is not None:
                raise AssertionError(f"the shop ended with code {shop.process.returncode}")
            try:
                if http.get(f"{shop.base_url}/health/ready/", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            try:
                shop.process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError("the shop did not answer in time")


def stop_shop(shop: RunningShop) -> int:
    shop.process.send_signal(signal.SIGTERM)
    return shop.process.wait(60)


def manage(shop: RunningShop, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LOCAL, "manage", *arguments],
        cwd=ROOT,
        env=shop.environment,
        capture_output=True,
        text=True,
        check=False,
    )
