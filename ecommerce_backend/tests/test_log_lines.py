"""Several workers write to one pipe, as in a container: no line is lost, and none is torn."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping

import orjson

WRITERS = 4
LINES = 100
PAGE = 4096  # bytes; a pipe as small as can be is full all the time
WRITE = """
import logging, sys
import structlog
from ecommerce_backend import log_lines
from ecommerce_backend.logging import configure, logging_config

log_lines.MAX_BYTES = int(sys.argv[2])
configure(logging_config(level="INFO"))
log = structlog.get_logger("crowd")
for number in range({lines}):
    log.info("spoke", writer=sys.argv[1], number=number, text="x" * (number * 97 % 8_000))
"""


def lines_of_a_crowd(*, longest: int) -> list[bytes]:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PAGE)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE.format(lines=LINES), str(writer), str(longest)],
            stdout=writing,
        )
        for writer in range(WRITERS)
    ]
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        written = pipe.read().split(b"\n")
    assert [writer.wait(60) for writer in writers] == [0] * WRITERS
    assert written.pop() == b""
    return written


def parsed(line: bytes) -> Mapping[str, object] | None:
    try:
        event: Mapping[str, object] = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return event


def test_no_line_of_four_workers_is_lost_or_torn() -> None:
    events = [parsed(line) for line in lines_of_a_crowd(longest=4095)]

    assert None not in events
    spoken = sorted((str(event["writer"]), str(event["number"])) for event in events if event)
    assert spoken == sorted(
        (str(writer), str(number)) for writer in range(WRITERS) for number in range(LINES)
    )


def test_longer_lines_would_be_torn() -> None:
    assert None in [parsed(line) for line in lines_of_a_crowd(longest=100_000)]
