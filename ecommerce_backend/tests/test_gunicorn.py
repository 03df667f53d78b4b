import os
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]
from prometheus_client.mmap_dict import MmapedDict

from ecommerce_backend.live_door import LiveDoorWorker

CONFIGURATION = Path(__file__).resolve().parent.parent.parent / "gunicorn.conf.py"


def configuration(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    for name in ("WEB_CONCURRENCY", "WEB_THREADS", "FORWARDED_ALLOW_IPS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(CONFIGURATION))


@pytest.fixture(autouse=True)
def _metrics_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))


def test_gunicorn_knows_each_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = configuration(monkeypatch)
    known = Config()

    for name, value in ours.items():
        if name in known.settings:
            known.set(name, value)

    assert known.worker_class is LiveDoorWorker
    assert known.control_socket_disable is True
    assert known.forwarded_allow_ips == ["127.0.0.1"]
    assert known.accesslog is None
    assert known.limit_request_line == 4094
    assert {"keepalive", "max_requests", "graceful_timeout", "child_exit"} <= ours.keys()


def test_workers_follow_the_machine_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert configuration(monkeypatch)["workers"] == 3

    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    assert configuration(monkeypatch)["workers"] == 4

    told = configuration(monkeypatch, WEB_CONCURRENCY="7", WEB_THREADS="2")
    assert (told["workers"], told["threads"]) == (7, 2)


def test_metrics_of_an_earlier_run_are_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours = configuration(monkeypatch)
    left_over = tmp_path / "metrics" / "gauge_livesum_99.db"

    ours["on_starting"](None)
    left_over.write_bytes(b"")
    ours["on_starting"](None)

    assert not left_over.exists()


def test_a_worker_that_ended_is_not_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours = configuration(monkeypatch)
    ours["on_starting"](None)
    folder = tmp_path / "metrics"
    (folder / "gauge_livesum_99.db").write_bytes(b"")
    counted = MmapedDict(str(folder / "counter_99.db"))  # type: ignore[no-untyped-call]
    counted.write_value("tea", 3.0, 0.0)  # type: ignore[no-untyped-call]
    counted.close()  # type: ignore[no-untyped-call]

    ours["child_exit"](None, SimpleNamespace(pid=99))

    assert {file.name for file in folder.iterdir()} == {"counter_ended.db", "lock"}
    kept = MmapedDict(str(folder / "counter_ended.db"))  # type: ignore[no-untyped-call]
    assert kept.read_value("tea") == (3.0, 0.0)  # type: ignore[no-untyped-call]
    kept.close()  # type: ignore[no-untyped-call]

    ours["on_exit"](None)

    assert not (tmp_path / "metrics").exists()
