"""How the colour that just got the requests fares: its own count of answers, and its container."""

import re
import time
from dataclasses import dataclass

from scripts.deploy import terminal
from scripts.deploy.compose import Compose
from scripts.deploy.containers import inspect, last_lines
from scripts.deploy.outcome import Stop

POLL_SECONDS = 0.5
FEWEST_ERRORS = 3  # one or two may be anybody's
WORST_SHARE = 0.02
MOST_SILENCES = 3  # in a row
_ASK = (
    "import urllib.request as r;"
    "print(r.urlopen('http://127.0.0.1:8000/metrics', timeout=5).read().decode())"
)
_COUNT = re.compile(
    r'^nexus_http_request_seconds_count\{(?=[^}]*route="(?!health))[^}]*status="(\d)\d\d"[^}]*\}'
    r" ([0-9.e+]+)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Answers:
    """What a web server has answered since it started, without its probes."""

    all: int
    errors: int

    def since(self, before: "Answers") -> "Answers":
        return Answers(self.all - before.all, self.errors - before.errors)

    @property
    def is_bad(self) -> bool:
        return self.errors >= FEWEST_ERRORS and self.errors > WORST_SHARE * self.all


def count(metrics: str) -> Answers:
    """Add up what /metrics says of the answers; errors are those with a status from 500."""
    found = [(kind, int(float(number))) for kind, number in _COUNT.findall(metrics)]
    return Answers(
        all=sum(number for _, number in found),
        errors=sum(number for kind, number in found if kind == "5"),
    )


def answers(compose: Compose, service: str) -> Answers | None:
    """Ask a web server for its count; None when it does not answer."""
    ended = compose.exec(service, "python", "-S", "-c", _ASK, check=False, timeout=15)
    return count(ended.stdout) if ended.returncode == 0 else None


def watch(compose: Compose, service: str, before: Answers, *, seconds: float) -> Answers:
    """Look at a web server for a while and return what it answered in it.

    Raises Stop as soon as it answers with too many errors, not at all, or its container fails.
    """
    first = inspect(compose, service)
    deadline = time.monotonic() + seconds
    silences, seen = 0, Answers(0, 0)
    while time.monotonic() < deadline:
        now = answers(compose, service)
        silences = 0 if now else silences + 1
        seen = now.since(before) if now else seen
        if seen.is_bad:
            raise Stop(f"{service} answered {seen.errors} of {seen.all} requests with an error")
        found = inspect(compose, service)
        is_same = found is not None and first is not None and found.started_at == first.started_at
        if silences >= MOST_SILENCES or not is_same or (found and found.health == "unhealthy"):
            raise Stop(f"{service} fails under load\n{last_lines(compose, service)}")
        time.sleep(POLL_SECONDS)
    terminal.progress(f"{seen.all} requests, {seen.errors} errors")
    return seen
