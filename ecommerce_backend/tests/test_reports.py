import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from ecommerce_backend import readiness, reports

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _a_new_look() -> Iterator[None]:
    readiness.shared.forget()
    yield
    readiness.shared.forget()


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where reports lie: all of them good."""
    settings.REPORTS_DIR = tmp_path
    write(tmp_path, "backup", finished_at=NOW, verified_at=NOW, error=None)
    write(tmp_path, "drill", finished_at=NOW, rto_seconds=60, rpo_seconds=30, ok=True)
    write(tmp_path, "certificate", not_before=NOW - DAY, not_after=NOW + 89 * DAY)
    return tmp_path


def write(folder: Path, name: str, **members: Any) -> None:
    (folder / f"{name}.json").write_text(json.dumps(members, default=datetime.isoformat))


def test_where_nobody_reports_nothing_is_missed(client: Client) -> None:
    assert reports.standing() == {}
    assert client.get("/health/ready/").json()["status"] == "ok"


def test_good_reports_are_part_of_being_ready(client: Client, folder: Path) -> None:
    body = client.get("/health/ready/").json()

    assert body["status"] == "ok"
    assert {name: body["checks"][name] for name in ("backup", "drill", "certificate")} == {
        "backup": "ok",
        "drill": "ok",
        "certificate": "ok",
    }


@pytest.mark.parametrize(
    ("name", "members", "outcome"),
    [
        ("backup", {"verified_at": NOW - timedelta(hours=24)}, "ok"),
        ("backup", {"verified_at": NOW - timedelta(hours=26, minutes=1)}, "late"),
        ("backup", {"finished_at": NOW, "verified_at": None}, "failed"),
        ("backup", {"verified_at": NOW, "error": "disk full"}, "failed"),
        ("backup", {"verified_at": "yesterday"}, "unreadable"),
        ("backup", {"verified_at": 5}, "unreadable"),
        ("backup", {"verified_at": "2026-01-01T00:00:00"}, "unreadable"),
        ("drill", {"finished_at": NOW - 34 * DAY, "ok": True}, "ok"),
        ("drill", {"finished_at": NOW - 36 * DAY, "ok": True}, "late"),
        ("drill", {"finished_at": NOW, "ok": False}, "failed"),
        ("certificate", {"not_before": NOW - 74 * DAY, "not_after": NOW + 16 * DAY}, "ok"),
        ("certificate", {"not_before": NOW - 76 * DAY, "not_after": NOW + 14 * DAY}, "ending"),
        ("certificate", {"not_before": NOW - 5 * DAY, "not_after": NOW + 1.5 * DAY}, "ok"),
        ("certificate", {"not_before": NOW - 90 * DAY, "not_after": NOW - DAY}, "ending"),
        (
            "certificate",
            {"not_before": NOW, "not_after": NOW + 9 * DAY, "is_bootstrap": True},
            "bootstrap",
        ),
        ("certificate", {"not_before": None, "not_after": None, "error": "refused"}, "failed"),
    ],
)
def test_what_is_too_old_or_went_wrong_turns_readiness_amber(
    client: Client, folder: Path, name: str, members: dict[str, Any], outcome: str
) -> None:
    write(folder, name, **members)

    response = client.get("/health/ready/")

    assert response.status_code == 200
    assert response.json()["status"] == ("ok" if outcome == "ok" else "degraded")
    assert response.json()["checks"][name] == outcome


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b""])
def test_a_damaged_report_is_seen(folder: Path, content: bytes) -> None:
    (folder / "drill.json").write_bytes(content)

    assert reports.standing()["drill"] == "unreadable"


def test_a_part_that_never_reported_is_seen(folder: Path) -> None:
    (folder / "backup.json").unlink()

    assert reports.standing()["backup"] == "missing"
