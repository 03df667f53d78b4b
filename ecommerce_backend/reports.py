"""What the parts of an installation beside the shop say of themselves.

The backup, the restore drill and the watcher of the certificate each keep one small JSON file in
`settings.REPORTS_DIR`; without the setting there is nothing to know, and nothing is missed.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

BACKUP_AGE = timedelta(hours=26)  # made daily; two hours for a slow night
DRILL_AGE = timedelta(days=35)  # held monthly; a few days for whoever is on holiday
CERTIFICATE_SHARE = 6  # a sixth of its life left: renewal has been failing since a third was

Report = Mapping[str, Any]


class Unreadable(Exception):
    """A report is there and makes no sense."""


def standing() -> dict[str, str]:
    """Return how each part stands: ok, missing, unreadable, or what is wrong with it."""
    if settings.REPORTS_DIR is None:
        return {}
    questions = {"backup": _backup, "drill": _drill, "certificate": _certificate}
    return {name: _standing(name, judge) for name, judge in questions.items()}


def read(name: str) -> Report | None:
    """Return a report, None when nobody wrote one.

    Raises Unreadable.
    """
    if settings.REPORTS_DIR is None:
        return None
    try:
        report = json.loads((settings.REPORTS_DIR / f"{name}.json").read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Unreadable(name) from error
    if not isinstance(report, dict):
        raise Unreadable(name)
    return report


def write(folder: Path, name: str, report: Report) -> None:
    """Leave a report; who reads it meanwhile sees the one before. Raises OSError."""
    file = folder / f"{name}.json"
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(report), encoding="utf-8")
    partial.replace(file)


def moment(report: Report, name: str) -> datetime | None:
    """Return a time of a report, None for one that has not come yet.

    Raises Unreadable.
    """
    text = report.get(name)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Unreadable(name) from error
    if at.tzinfo is None:
        raise Unreadable(name)
    return at


def _standing(name: str, judge: Any) -> str:
    try:
        report = read(name)
        return "missing" if report is None else judge(report)
    except Unreadable:
        return "unreadable"


def _backup(report: Report) -> str:
    """Only a backup that was restored and compared counts as one."""
    verified = moment(report, "verified_at")
    if report.get("error") or verified is None:
        return "failed"
    return "ok" if timezone.now() - verified <= BACKUP_AGE else "late"


def _drill(report: Report) -> str:
    finished = moment(report, "finished_at")
    if report.get("ok") is not True or finished is None:
        return "failed"
    return "ok" if timezone.now() - finished <= DRILL_AGE else "late"


def _certificate(report: Report) -> str:
    ends, began = moment(report, "not_after"), moment(report, "not_before")
    if ends is None or began is None:
        return "failed"
    if report.get("is_bootstrap"):
        return "bootstrap"
    return "ok" if ends - timezone.now() > (ends - began) / CERTIFICATE_SHARE else "ending"
