"""Lines of `docker compose logs`, understood: JSON of the shop and nginx, others by their level."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scripts.deploy.amounts import moment

LEVELS = ("debug", "info", "warning", "error", "critical")
_LINE = re.compile(
    r"(?P<container>[\w.-]+)\s+\| (?:(?P<at>\d{4}-\d\d-\d\dT[\d:.]+Z) ?)?(?P<text>.*)"
)
_NUMBER = re.compile(r"-\d+$")
# What a visitor sent may be in a line, and must not steer the terminal of who reads it.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x1f\x7f-\x9f]")
# PostgreSQL writes `LOG:`, nginx `[error]`, Redis `#` for a warning, others a word at the start.
_POSTGRES = re.compile(
    r" (DEBUG\d|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|STATEMENT|DETAIL|HINT):  "
)
_NGINX = re.compile(r"\[(debug|info|notice|warn|error|crit|alert|emerg)\]")
_REDIS = re.compile(r"^\d+:[A-Z] \d\d \w+ \d{4} [\d:.]+ (?P<mark>[.\-*#]) ")
_OWN_TIME = re.compile(
    r"\d{4}-\d\d-\d\d [\d:.]+ UTC |\d{4}/\d\d/\d\d [\d:]+ |\d+:[A-Z] \d\d \w+ \d{4} [\d:.]+ "
)
_WORD = re.compile(r"\b(error|fatal|traceback|exception|panic)\b", re.IGNORECASE)
_BY_WORD = {
    "LOG": "info", "INFO": "info", "NOTICE": "info", "WARNING": "warning", "ERROR": "error",
    "FATAL": "error", "PANIC": "critical", "STATEMENT": "info", "DETAIL": "info", "HINT": "info",
    "debug": "debug", "info": "info", "notice": "info", "warn": "warning", "error": "error",
    "crit": "critical", "alert": "critical", "emerg": "critical", "#": "warning",
}  # fmt: skip
# Shown in their own places, or of use to programs alone.
_TOLD = {
    "timestamp", "time", "level", "event", "message", "msg", "logger", "request_id", "method",
    "path", "status", "ms", "seconds", "exception", "route", "client", "host", "bytes", "upstream",
    "cache", "protocol", "tls", "release",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line. `request_id` and `detail` may be empty; `detail` has further lines in it."""

    service: str
    at: datetime | None
    level: str
    text: str
    request_id: str = ""
    detail: str = ""
    is_probe: bool = False  # a healthcheck's own request that went well

    @property
    def is_error(self) -> bool:
        return self.level in {"error", "critical"}


def parse(line: str) -> Entry | None:
    """Return what a line says; None for one that is not of a container."""
    found = _LINE.fullmatch(_CONTROL.sub("", line.expandtabs(4).rstrip()))
    if found is None:
        return None
    service = _NUMBER.sub("", found["container"])
    at, text = moment(found["at"]), found["text"]
    if text.startswith("{"):
        try:
            fields = json.loads(text)
        except ValueError:
            fields = None
        if isinstance(fields, dict):
            return _structured(service, at, fields)
    own = _OWN_TIME.match(text) if at else None  # Docker's is shown
    return Entry(
        service=service, at=at, level=_level(text), text=text[own.end() :] if own else text
    )


def _structured(service: str, at: datetime | None, fields: Mapping[str, Any]) -> Entry:
    status = fields.get("status")
    level = str(fields.get("level") or "info")
    if isinstance(status, int) and status >= 500 and level == "info":  # noqa: PLR2004 - HTTP
        level = "error"
    extras = [
        f"{name}={_short(value)}"
        for name, value in fields.items()
        if name not in _TOLD and value not in (None, "", "-")
    ]
    path = str(fields.get("path") or "")
    return Entry(
        service=service,
        at=at or moment(fields.get("timestamp") or fields.get("time")),
        level=level,
        text=" ".join([*_request(fields), *extras]),
        request_id=str(fields.get("request_id") or ""),
        detail=str(fields.get("exception") or ""),
        is_probe=path.startswith(("/health/", "/metrics")) and status == 200,  # noqa: PLR2004
    )


def _request(fields: Mapping[str, Any]) -> list[str]:
    event = str(fields.get("event") or fields.get("message") or fields.get("msg") or "")
    if not fields.get("method"):
        return [event] if event else []
    words = [str(fields["method"]), str(fields.get("path") or ""), "→", str(fields.get("status"))]
    if event and event != "answered":
        words.insert(0, f"{event}:")
    milliseconds = fields.get("ms")
    if milliseconds is None and isinstance(fields.get("seconds"), int | float):
        milliseconds = 1000 * fields["seconds"]
    if milliseconds is not None:
        words.append(f"{float(milliseconds):.0f} ms")
    if fields.get("client"):
        words.append(f"for {fields['client']}")
    return words


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "…"  # noqa: PLR2004 - a long line


def _level(text: str) -> str:
    for pattern in (_POSTGRES, _NGINX):
        if found := pattern.search(text):
            word = found[1]
            return _BY_WORD.get(word, "debug" if word.startswith("DEBUG") else "info")
    if found := _REDIS.match(text):
        return _BY_WORD.get(found["mark"], "info")
    return "error" if _WORD.search(text) else "info"
