"""Several workers write to one pipe, as in a container: no line is lost, and none is torn."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

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
configure(logging_config(level="INFO", stream=(sys.argv[3:] or ["stdout"])[0]))
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


def test_no_line_is_lost_when_the_file_is_moved_under_them(tmp_path: Path) -> None:
    file = tmp_path / "web.log"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE.format(lines=LINES), str(writer), "4095", str(file)]
        )
        for writer in range(WRITERS)
    ]
    moved = 0
    while any(writer.poll() is None for writer in writers):
        if file.exists() and file.stat().st_size > PAGE:
            file.rename(tmp_path / f"web.log.{moved}")
            moved += 1
    files = [file, *tmp_path.glob("web.log.*")]
    events = [parsed(line) for each in files if each.exists() for line in lines_in(each)]

    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert moved > 3
    assert_all_spoke(events)


def lines_in(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines()


def assert_all_spoke(events: Sequence[Mapping[str, object] | None]) -> None:
    assert None not in events
    spoken = sorted((str(event["writer"]), str(event["number"])) for event in events if event)
    assert spoken == sorted(
        (str(writer), str(number)) for writer in range(WRITERS) for number in range(LINES)
    )


def parsed(line: bytes) -> Mapping[str, object] | None:
    try:
        event: Mapping[str, object] = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return event


def test_no_line_of_four_workers_is_lost_or_torn() -> None:
    assert_all_spoke([parsed(line) for line in lines_of_a_crowd(longest=4095)])


def test_longer_lines_would_be_torn() -> None:
    """In one of ten crowds: the writers of one may start so far apart that they do not meet."""
    assert any(
        None in [parsed(line) for line in lines_of_a_crowd(longest=100_000)] for _ in range(10)
    )
