"""One event of the log as one line of JSON, never longer than a pipe takes in one piece.

All workers write to one pipe. Up to PIPE_BUF bytes a write is atomic (POSIX, write(2)); a longer
line could get another worker's in its middle.
"""

from collections.abc import MutableMapping
from typing import Any

import orjson

MAX_BYTES = 4096 - 1  # PIPE_BUF of Linux, less the line break
_KEPT_HEAD = 400  # characters of a traceback's beginning; its end says more
_CUT = "… [cut] …"
# Ours, and short: whatever else there is may have to give way.
_NEVER_CUT = frozenset({"level", "logger", "timestamp", "request_id"})


def render(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """Render for structlog; the event holds plain values only (redaction.safe)."""
    line = orjson.dumps(event)
    while len(line) > MAX_BYTES and (names := event.keys() - _NEVER_CUT):
        longest = max(names, key=lambda name: len(orjson.dumps(event[name])))
        shorter = _shortened(longest, event[longest], excess=len(line) - MAX_BYTES)
        if shorter is None:
            del event[longest]
        else:
            event[longest] = shorter
        line = orjson.dumps(event)
    return line.decode()


def _shortened(name: str, value: Any, *, excess: int) -> str | None:
    """Return a value without so many bytes, or None when nothing would be left of it."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    size = len(orjson.dumps(text))
    # As if every character took as many bytes; where they do not, the caller comes again.
    room = len(text) * (size - excess - len(_CUT.encode())) // size
    room = min(room, len(text) - len(_CUT) - 1)
    if room <= 0:
        return None
    head = min(_KEPT_HEAD, room // 2) if name == "exception" else room
    return text[:head] + _CUT + text[len(text) - (room - head) :]
