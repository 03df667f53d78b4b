"""Starts the shop's settings once per line of standard input, and says how each start ended.

A line is the environment as JSON; the answer is the exit code and what was written to stderr.
One interpreter for all of them, because most of a start is importing Django.
"""

import contextlib
import io
import json
import os
import sys

from ecommerce_backend.start import check_settings


def start(environment: dict[str, str]) -> tuple[int, str]:
    os.environ.clear()
    os.environ.update(environment)
    for module in [name for name in sys.modules if name.startswith("ecommerce_backend.")]:
        del sys.modules[module]
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            check_settings()
        except SystemExit as end:
            return int(str(end.code)), errors.getvalue()
    return 0, errors.getvalue()


if __name__ == "__main__":
    for text in sys.stdin:
        sys.stdout.write(json.dumps(start(json.loads(text))) + "\n")
