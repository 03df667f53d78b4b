"""What is known of the installation: its release, the reports of its parts, room on its disk."""

import platform
import shutil
from collections.abc import Iterable, Iterator, Mapping

import django
from django.conf import settings
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ecommerce_backend import reports

# By report and member: the metric of a time, and what it says.
TIMES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("backup", "finished_at"): (
        "nexus_backup_finished_timestamp_seconds",
        "When the last backup was finished",
    ),
    ("backup", "verified_at"): (
        "nexus_backup_verified_timestamp_seconds",
        "When a backup was last restored and found equal",
    ),
    ("backup", "wal_archived_at"): (
        "nexus_wal_archived_timestamp_seconds",
        "When the write-ahead log was last archived",
    ),
    ("drill", "finished_at"): (
        "nexus_drill_finished_timestamp_seconds",
        "When a restore was last rehearsed",
    ),
    ("certificate", "not_after"): (
        "nexus_certificate_not_after_timestamp_seconds",
        "When the certificate that is served ends",
    ),
    ("certificate", "not_before"): (
        "nexus_certificate_not_before_timestamp_seconds",
        "When the certificate that is served began",
    ),
    ("certificate", "checked_at"): (
        "nexus_certificate_checked_timestamp_seconds",
        "When somebody last looked which certificate is served",
    ),
}
FIGURES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("backup", "bytes"): ("nexus_backup_bytes", "Size of the last backup"),
    ("backup", "seconds"): ("nexus_backup_seconds", "How long the last backup took"),
    ("drill", "rto_seconds"): ("nexus_drill_rto_seconds", "How long the rehearsed restore took"),
    ("drill", "rpo_seconds"): (
        "nexus_drill_rpo_seconds",
        "How much time of changes the rehearsed restore would have lost",
    ),
}


class InstallationCollector(Collector):
    def collect(self) -> Iterable[Metric]:
        yield _release()
        yield _disks()
        yield from _reports()


def _release() -> Metric:
    info = GaugeMetricFamily(
        "nexus_release_info", "What runs; always 1", labels=["release", "python", "django"]
    )
    info.add_metric(
        [settings.RELEASE, platform.python_version(), ".".join(map(str, django.VERSION[:3]))], 1
    )
    return info


def _disks() -> Metric:
    used = GaugeMetricFamily(
        "nexus_disk_used_ratio", "Used part of the disk that a folder is on", labels=["folder"]
    )
    folders = {"media": settings.MEDIA_ROOT, "reports": settings.REPORTS_DIR}
    for name, folder in folders.items():
        if folder is not None and folder.is_dir():
            disk = shutil.disk_usage(folder)
            used.add_metric([name], disk.used / (disk.used + disk.free))
    return used


def _reports() -> Iterator[Metric]:
    standing = GaugeMetricFamily(
        "nexus_report_ok", "Whether a part of the installation reports well", labels=["part"]
    )
    for part, how in reports.standing().items():
        standing.add_metric([part], int(how == "ok"))
    yield standing
    read = {name: _readable(name) for name in ("backup", "drill", "certificate")}
    for (report, member), (name, meaning) in TIMES.items():
        yield _gauge(name, meaning, _time(read[report], member))
    for (report, member), (name, meaning) in FIGURES.items():
        value = read[report].get(member)
        yield _gauge(name, meaning, value if isinstance(value, int | float) else None)


def _readable(name: str) -> reports.Report:
    try:
        return reports.read(name) or {}
    except reports.Unreadable:
        return {}


def _time(report: reports.Report, member: str) -> float | None:
    try:
        moment = reports.moment(report, member)
    except reports.Unreadable:
        return None
    return moment.timestamp() if moment else None


def _gauge(name: str, meaning: str, value: float | None) -> Metric:
    gauge = GaugeMetricFamily(name, meaning)
    if value is not None:
        gauge.add_metric([], value)
    return gauge
