"""Where the shop on this machine finds its servers, its keys and itself."""

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.embedded import Servers, environment_of, read_state

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104
Environment = dict[str, str]


@contextlib.contextmanager
def services(folder: Path, *, owner: str) -> Iterator[tuple[Environment, Servers | None]]:
    """Give the addresses of PostgreSQL and Redis, starting what nobody named or runs."""
    names = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}
    given = {name: os.environ[name] for name in names if os.environ.get(name)}
    needed = [server for name, server in names.items() if name not in given]
    if not needed:
        yield given, None
    elif owner == "manage" and (running := _running(folder)):
        yield running | given, None
    else:
        with Servers(folder, owner=owner, only=needed) as servers:
            yield servers.environment() | given, servers


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
    return {
        "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings",
        "SHOP_BASE_URL": f"http://{host}:{port}",
        "SHOP_PAYMENT_PROVIDERS": "manual,sandbox",
        "SHOP_SERVE_MEDIA": "true",
        "SHOP_STATIC_ROOT": str(folder / "static"),
        "SHOP_MEDIA_ROOT": str(folder / "media"),
        "PYTHONPATH": str(ROOT),
        **_secrets(folder),
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
    """Return the address and port to reach the shop by from this machine."""
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    return "127.0.0.1" if host in EVERYWHERE else host, port
