import json
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pytest_django import Settings

from ecommerce_backend.metrics.installation import InstallationCollector


def page() -> str:
    registry = CollectorRegistry()
    registry.register(InstallationCollector())
    return generate_latest(registry).decode()


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.REPORTS_DIR = tmp_path
    return tmp_path


def test_reports_become_times_and_figures(folder: Path) -> None:
    (folder / "backup.json").write_text(
        json.dumps(
            {
                "finished_at": "2026-11-24T02:00:00Z",
                "verified_at": "2026-11-24T02:05:00+00:00",
                "wal_archived_at": None,
                "bytes": 1024,
                "seconds": 2.5,
                "error": None,
            }
        )
    )
    (folder / "certificate.json").write_text(json.dumps({"not_after": "2027-01-01T00:00:00Z"}))

    lines = page().splitlines()

    assert "nexus_backup_finished_timestamp_seconds 1.7954856e+09" in lines
    assert "nexus_backup_verified_timestamp_seconds 1.7954859e+09" in lines
    assert "nexus_backup_bytes 1024.0" in lines
    assert "nexus_backup_seconds 2.5" in lines
    assert "nexus_certificate_not_after_timestamp_seconds 1.7987616e+09" in lines
    assert 'nexus_report_ok{part="drill"} 0.0' in lines


def test_what_was_not_reported_has_no_number(folder: Path) -> None:
    (folder / "drill.json").write_text('{"finished_at": "soon", "rto_seconds": "long"}')

    text = page()

    assert "\nnexus_drill_" not in text
    assert "\nnexus_backup_" not in text


def test_the_room_on_the_disk_is_told(folder: Path) -> None:
    (line,) = (line for line in page().splitlines() if line.startswith("nexus_disk_used_ratio{"))

    assert line.startswith('nexus_disk_used_ratio{folder="reports"} 0.')
