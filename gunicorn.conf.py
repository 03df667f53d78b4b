"""How Gunicorn serves the shop: threads, because requests wait for PostgreSQL more than they count.

WEB_CONCURRENCY, WEB_THREADS, FORWARDED_ALLOW_IPS, PROMETHEUS_MULTIPROC_DIR, SHOP_LOG_LEVEL
and SHOP_LOG_STREAM change it; the address is given on the command line (`-b`).
"""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from ecommerce_backend.env import given, number
from ecommerce_backend.env_addresses import networks
from ecommerce_backend.logging import logging_config
from ecommerce_backend.start import check_settings, refusing_in_one_line
from ecommerce_backend.workers import web_workers

check_settings()  # here, because workers that cannot start would each say so with a traceback

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108

wsgi_app = "ecommerce_backend.wsgi"
worker_class = "ecommerce_backend.live_door.LiveDoorWorker"
with refusing_in_one_line():
    workers = web_workers()
    threads = number("WEB_THREADS", default=4, at_least=1, at_most=64)
    networks("FORWARDED_ALLOW_IPS")
    forwarded_allow_ips = given("FORWARDED_ALLOW_IPS") or "127.0.0.1"
timeout = 30
graceful_timeout = 30
keepalive = 65  # seconds; longer than the 60 that nginx keeps one, so that nginx closes first
max_requests = 2000
max_requests_jitter = 200
limit_request_line = 4094
limit_request_fields = 60
forwarder_headers = ""  # SCRIPT_NAME among them, which would move addresses past what guards them
control_socket_disable = True  # a socket file that nobody here uses, and no place for it when
# the file system is read-only; the same goes for the heartbeat files of the workers:
worker_tmp_dir = str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None
accesslog = None  # the request log line says more (security_middleware)
logconfig_dict = logging_config(
    level=os.environ.get("SHOP_LOG_LEVEL") or "INFO",
    stream=os.environ.get("SHOP_LOG_STREAM") or "stdout",
)

# Workers add up their metrics in files there. Set before a worker imports the library.
_METRICS = Path(
    os.environ.setdefault(
        "PROMETHEUS_MULTIPROC_DIR",
        str(Path(worker_tmp_dir or tempfile.gettempdir()) / f"nexus-metrics-{os.getpid()}"),
    )
)


def on_starting(server: Any) -> None:  # noqa: ARG001
    """Begin to count anew: the files of an earlier run belong to workers that are gone."""
    _METRICS.mkdir(parents=True, exist_ok=True)
    _empty()


def post_worker_init(worker: Any) -> None:
    """Let Gunicorn's own refusals look like the shop's, and make the API's document.

    Gunicorn has no setting for the page it answers.
    """
    from gunicorn import util  # type: ignore[import-untyped]  # noqa: PLC0415

    # These need the settings.
    from ecommerce_backend import health, metrics  # noqa: PLC0415
    from ecommerce_backend.common.openapi import OnceGenerator  # noqa: PLC0415
    from ecommerce_backend.common.replica.follower import watch_replica  # noqa: PLC0415
    from ecommerce_backend.gunicorn_errors import write_error  # noqa: PLC0415

    metrics.report_worker()
    watch_replica()
    health.drain_when(lambda: not worker.alive)
    util.write_error = write_error
    OnceGenerator().get_schema()  # type: ignore[no-untyped-call]  # else the first would wait


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001
    """Stop reporting the gauges of a worker that ended; what it counted stays."""
    from ecommerce_backend.metrics.files import retire  # noqa: PLC0415 – it reads the variable above

    retire(_METRICS, worker.pid)


def on_exit(server: Any) -> None:  # noqa: ARG001
    """Leave nothing behind, except a folder that something else is in."""
    _empty()
    with contextlib.suppress(OSError):
        _METRICS.rmdir()


def _empty() -> None:
    for file in (*_METRICS.glob("*.db"), _METRICS / "lock"):
        file.unlink(missing_ok=True)
