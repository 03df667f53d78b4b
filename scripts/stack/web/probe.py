"""What a container asks itself: whether the shop in it answers, or its worker still works.

    probe.py ready            200 from /health/ready/
    probe.py live             200 from /health/live/
    probe.py worker FILE      the worker's file was touched within the last half minute

Ends with 0 or 1 and says on standard output what it saw. Standard library only: it runs often.
"""

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

PORT = 8000
TIMEOUT = 4  # seconds
MOST_SECONDS_SILENT = 30


def asked(what: str) -> str:
    """Return why the shop is not well, nothing when it is."""
    name = urlsplit(os.environ.get("SHOP_BASE_URL", "")).netloc or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=TIMEOUT)
    try:
        connection.request("GET", f"/health/{what}/", headers={"Host": name})
        answer = connection.getresponse()
        body = answer.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    return "" if answer.status == http.client.OK else f"{answer.status} {body}"


def silent(file: Path) -> str:
    """Return why the worker is not well, nothing when it is."""
    try:
        seconds = time.time() - file.stat().st_mtime
    except OSError as error:
        return f"the worker has not begun: {error.strerror}"
    return (
        "" if seconds <= MOST_SECONDS_SILENT else f"the worker has been silent for {seconds:.0f} s"
    )


def main(arguments: list[str]) -> int:
    match arguments:
        case ["ready" | "live" as what]:
            trouble = asked(what)
        case ["worker", file]:
            trouble = silent(Path(file))
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    print(trouble or "ok")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
