"""What the operator sees: lines for people, or with --json one document on standard output."""

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

TICK_SECONDS = 1.0  # on a terminal the running step shows its seconds this often
PATIENCE_SECONDS = 10.0  # in a log that nobody watches, a line this often is enough

_is_json = False
_result: Mapping[str, Any] | None = None


def use_json(*, is_json: bool) -> None:
    """Keep standard output for one JSON document; lines for people go to standard error."""
    global _is_json, _result
    _is_json, _result = is_json, None


def say(line: str = "") -> None:
    """Print a line for people."""
    print(line, file=_people(), flush=True)


def warn(line: str) -> None:
    """Print a line that people should not miss."""
    print(f"! {line}", file=sys.stderr, flush=True)


def result(document: Mapping[str, Any]) -> None:
    """Give what --json shows in the end; the last one counts. People do not see it."""
    global _result  # noqa: PLW0603
    _result = document


def end(*, command: str, code: int, message: str = "", hint: str = "") -> None:
    """Say how it ended: to people if it did not go well, to programs always."""
    if message:
        print(f"✗ {message}", file=sys.stderr)
    if hint:
        print(f"  {hint}", file=sys.stderr)
    if _is_json:
        known = {"command": command, "exit_code": int(code), "message": message, "hint": hint}
        print(json.dumps({**known, **(_result or {})}, indent=2, default=str))


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that something is under way, then how long it took, in seconds."""
    begun = time.monotonic()
    over = threading.Event()
    ticking = threading.Thread(target=_tick, args=(name, begun, over), daemon=True)
    ticking.start()
    mark = "✗"
    try:
        yield
        mark = "✓"
    finally:
        over.set()
        ticking.join()
        _clear()
        say(f"{mark} {name} ({time.monotonic() - begun:.1f} s)")


def progress(line: str) -> None:
    """Print a detail of the step under way."""
    _clear()
    say(f"    {line}")


def _tick(name: str, begun: float, over: threading.Event) -> None:
    is_watched = _people().isatty()
    while True:
        seconds = time.monotonic() - begun
        if is_watched:
            print(f"\r… {name} ({seconds:.0f} s)\x1b[K", end="", file=_people(), flush=True)
        elif seconds < TICK_SECONDS:
            say(f"… {name}")
        else:
            say(f"… {name} ({seconds:.0f} s)")
        if over.wait(TICK_SECONDS if is_watched else PATIENCE_SECONDS):
            return


def _clear() -> None:
    if _people().isatty():
        print("\r\x1b[K", end="", file=_people(), flush=True)


def _people() -> Any:
    return sys.stderr if _is_json else sys.stdout
