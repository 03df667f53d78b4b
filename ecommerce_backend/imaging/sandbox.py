"""Decoding in a process of its own, which may use so much and no more."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from ecommerce_backend.imaging.reencoding import Encoded, Refused

# The dearest picture of forty megapixels that was measured (docs/pictures.md): 640 MB, 1.6 s.
MAX_MEMORY = 768 * 1024**2  # bytes of address space, which is more than what is used of it
MAX_CPU_SECONDS = 2
_TIMEOUT = 120  # seconds by the clock, on a machine that is busy with other things
_PROGRAM = Path(__file__).with_name("reencoding.py")
_SPENT = {-signal.SIGXCPU, -signal.SIGKILL}


def reencoded_apart(
    content: bytes,
    *,
    max_pixels: int,
    max_memory: int = MAX_MEMORY,
    max_cpu_seconds: int = MAX_CPU_SECONDS,
) -> list[Encoded]:
    """Do what `reencoding.reencoded` does, in a process with limits.

    It gets the bytes and nothing else: no environment, no open file, no part of the shop. A decoder
    that falls over takes only that process with it. Raises Refused.
    """
    limits = [str(limit) for limit in (max_pixels, max_memory, max_cpu_seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and numbers
            [sys.executable, "-I", str(_PROGRAM), *limits],
            input=content,
            capture_output=True,
            env={},
            check=False,
            timeout=_TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("too_costly") from error
    if done.returncode in _SPENT:
        raise Refused("too_costly")
    if done.returncode:
        raise Refused("broken")
    return _read(done.stdout)


def _read(output: bytes) -> list[Encoded]:
    line, _, rest = output.partition(b"\n")
    answer = json.loads(line)
    if "refused" in answer:
        raise Refused(answer["refused"])
    made = []
    for width, height, length in answer["sizes"]:
        made.append(Encoded(width=width, height=height, content=rest[:length]))
        rest = rest[length:]
    return made
