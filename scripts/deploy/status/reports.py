"""Backups, the restore drill and the certificate, by what they report and by what is served."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scripts.deploy.amounts import ago, moment, now, size, span
from scripts.deploy.findings import Level
from scripts.deploy.preflight.machine import endpoint
from scripts.deploy.site import Site
from scripts.deploy.status import served_certificate
from scripts.deploy.status.parts import Part

BACKUP_LATE = timedelta(hours=26)  # made daily; two hours for a slow night
BACKUP_VERY_LATE = timedelta(hours=50)
ARCHIVE_LATE = timedelta(minutes=30)  # a segment is put away every five minutes
DRILL_LATE = timedelta(days=35)  # held monthly
Report = Mapping[str, Any] | None


def backup(report: Report) -> Part:
    if report is None:
        return _part("backup", Level.RED, "none yet: scripts/deploy.sh backup run", report)
    finished, verified = moment(report.get("finished_at")), moment(report.get("verified_at"))
    if report.get("error"):
        when = f"; the last good one {ago(verified)}" if verified else ""
        return _part("backup", Level.RED, f"failed: {report['error']}{when}", report)
    if verified is None:
        return _part("backup", Level.RED, "made, but not restored and compared yet", report)
    age = now() - verified
    level = Level.GREEN if age <= BACKUP_LATE else Level.AMBER
    level = Level.RED if age > BACKUP_VERY_LATE else level
    text = f"verified {ago(verified)}"
    if finished and finished > verified:
        text = f"made {ago(finished)}, the last verified {ago(verified)}"
    text += f", {size(float(report.get('bytes') or 0))}"
    archived = moment(report.get("wal_archived_at"))
    if archived is not None:
        text += f"; log archived {ago(archived)}"
        if now() - archived > ARCHIVE_LATE:
            level = max(level, Level.AMBER)
    return _part("backup", level, text, report)


def drill(report: Report) -> Part:
    if report is None:
        return _part(
            "drill", Level.AMBER, "no restore was rehearsed: scripts/deploy.sh drill", report
        )
    finished = moment(report.get("finished_at"))
    if report.get("ok") is not True or finished is None:
        return _part("drill", Level.RED, "the last rehearsed restore failed", report)
    back, lost = (
        span(float(report.get("rto_seconds") or 0)),
        span(float(report.get("rpo_seconds") or 0)),
    )
    level = Level.GREEN if now() - finished <= DRILL_LATE else Level.AMBER
    return _part("drill", level, f"{ago(finished)}: back in {back}, {lost} lost", report)


def certificate(site: Site, report: Report) -> Part:
    """Look at what nginx serves; the report adds why the last renewal failed."""
    name = site.setting("DOMAIN")
    address, port = endpoint(site.setting("BIND_HTTPS", "443"))
    own = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - bound, not opened
    try:
        served = served_certificate.look(own.get(address, address), port, name=name)
    except OSError as error:
        text = f"nothing answers at port {port}: {error.strerror or error}"
        return _part("certificate", Level.RED, text, report)
    level, text = _judge_certificate(served, has_own_authority=bool(site.setting("ACME_SERVER")))
    trouble = (report or {}).get("error")
    if trouble:
        level, text = max(level, Level.AMBER), f"{text}; {trouble}"
    facts = {"not_after": served.not_after.isoformat(), "serial": served.serial}
    return Part(name="certificate", level=level, text=text, facts={**facts, "report": report})


def _judge_certificate(
    served: served_certificate.Served, *, has_own_authority: bool
) -> tuple[Level, str]:
    left, whole = served.not_after - now(), served.not_after - served.not_before
    days = f"{left / timedelta(days=1):.0f} of {whole / timedelta(days=1):.0f} days left"
    if served.is_self_signed:
        return Level.RED, "the makeshift one is served: scripts/deploy.sh cert issue"
    if left <= timedelta(0):
        return Level.RED, f"expired {ago(served.not_after)}"
    if served.trouble and not has_own_authority:
        return Level.RED, f"browsers refuse it: {served.trouble}"
    # Renewed when a third is left; from a sixth on somebody has to look today.
    level = Level.RED if left < whole / 6 else Level.AMBER if left < whole / 3 else Level.GREEN
    return level, days


def _part(name: str, level: Level, text: str, report: Report) -> Part:
    return Part(name=name, level=level, text=text, facts={"report": report})
