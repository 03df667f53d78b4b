"""Where the shop on this machine finds its servers, its keys and itself."""

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from ecommerce_backend.env import given, number
from scripts.embedded import Servers, environment_of, read_state

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104
Environment = dict[str, str]


@contextlib.contextmanager
def services(folder: Path, *, owner: str) -> Iterator[tuple[Environment, Servers | None]]:
    """Give the addresses of PostgreSQL and Redis, starting what nobody named or runs."""
    names = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}
    needed = {name: server for name, server in names.items() if not given(name)}
    if not needed:
        yield {}, None
    elif owner == "manage" and (running := _running(folder)):
        yield {name: running[name] for name in needed}, None
    else:
        with Servers(folder, owner=owner, only=needed.values()) as servers:
            addresses = servers.environment()
            yield {name: addresses[name] for name in needed}, servers


def _running(folder: Path) -> Environment | None:
    """Return the addresses of the servers that scripts/run.sh keeps up over this folder."""
    deadline = time.monotonic() + READY_SECONDS
    while _is_locked(folder) and time.monotonic() < deadline:
        state = read_state(folder)
        if state and state["owner"] == "run" and state["ready"]:
            return environment_of(state)
        time.sleep(0.1)
    return None


def _is_locked(folder: Path) -> bool:
    with (folder / "servers.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def app_environment(folder: Path) -> Environment:
    """Return the settings of a shop on this machine; what the caller set wins."""
    host, port = listening_at()
    base_url = os.environ.get("SHOP_BASE_URL") or f"http://{host}:{port}"
    return {
        "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings",
        "SHOP_BASE_URL": base_url,
        # Play money is for a shop that only this machine reaches.
        "SHOP_PAYMENT_PROVIDERS": "manual,sandbox" if base_url.startswith("http:") else "manual",
        "SHOP_SERVE_MEDIA": "true",
        "SHOP_STATIC_ROOT": str(folder / "static"),
        "SHOP_MEDIA_ROOT": str(folder / "media"),
        "PYTHONPATH": str(ROOT),
        **{name: key for name, key in _secrets(folder).items() if f"{name}_FILE" not in os.environ},
        **os.environ,
    }


def _secrets(folder: Path) -> Environment:
    """Return the keys of this shop, made at its first start and kept in its folder."""
    file = folder / "secrets.json"
    with contextlib.suppress(OSError, ValueError):
        kept: Environment = json.loads(file.read_text())
        return kept
    names = ("DJANGO_SECRET_KEY", "JWT_SIGNING_KEY", "SHOP_SANDBOX_WEBHOOK_SECRET")
    made = {name: secrets.token_urlsafe(48) for name in names}
    made["DEMO_ADMIN_PASSWORD"] = secrets.token_urlsafe(12)
    file.touch(mode=0o600)
    file.write_text(json.dumps(made, indent=2))
    return made


def listening_at() -> tuple[str, int]:
    """Return the address and port to reach the shop by from this machine.

    Raises ImproperlyConfigured.
    """
    host = os.environ.get("HOST", "127.0.0.1")
    port = number("PORT", default=8000, at_least=1, at_most=65535)
    return "127.0.0.1" if host in EVERYWHERE else host, port
