"""Which colour nginx sends requests to: two files of site/, and the reload that makes it so.

A reload starts new worker processes; the old ones take no more connections, finish the requests
they have and end (nginx, "Changing Configuration"). Until then they talk to the colour before.
"""

import re
import time
from pathlib import Path

from scripts.deploy import edge
from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Stop
from scripts.deploy.site import Site, write_atomically

RELOAD_SECONDS = 20.0
POLL_SECONDS = 0.25
_LIST_PROCESSES = (
    'for file in /proc/[0-9]*/cmdline; do printf "%s " "$file"; tr "\\0" " " < "$file"; echo;'
    " done 2>/dev/null"
)
_WORKER = re.compile(r"/proc/(\d+)/cmdline nginx: worker process(?P<leaving> is shutting down)?")


def upstream(site: Site, color: str, *, fallback: str = "") -> str:
    """Return what upstream.conf says to send requests to a colour.

    nginx asks `fallback` when the colour cannot be reached or answers with a server's error, and
    the request may be sent twice (proxy_next_upstream).
    """
    lines = [
        "# Written by scripts/deploy.sh.",
        f"server {edge.address(site, color)}:{edge.PORT} max_fails=0;  # {color}",
    ]
    if fallback:
        address = edge.address(site, fallback)
        lines.append(f"server {address}:{edge.PORT} max_fails=0 backup;  # {fallback}")
    return "\n".join([*lines, ""])


def points_at(site: Site, color: str) -> bool:
    """Tell whether nginx's files send requests to this colour alone."""
    wanted = upstream(site, color)
    return _present(site) == {site.upstream: wanted, site.upstream_writes: wanted}


def point_at(
    site: Site, compose: Compose, color: str, *, fallback: str = "", writes: str = ""
) -> None:
    """Send requests to a colour; those that change something to `writes`, if that is another.

    Raises Stop, with the files as they were, when nginx refuses the new configuration.
    """
    before = _present(site)
    kept = writes or color
    write_atomically(site.upstream, upstream(site, color, fallback=fallback))
    write_atomically(
        site.upstream_writes, upstream(site, kept, fallback=fallback if kept == color else "")
    )
    try:
        reload(compose)
    except BaseException:
        for path, text in before.items():
            write_atomically(path, text)
        raise


def _present(site: Site) -> dict[Path, str]:
    paths = (site.upstream, site.upstream_writes)
    return {path: path.read_text(encoding="utf-8") for path in paths if path.exists()}


def reload(compose: Compose) -> None:
    """Have nginx read its files, and wait until new workers have. Raises Stop, as `point_at`."""
    compose.exec("nginx", "nginx", "-t", "-q")
    before = _workers(compose)
    compose.exec("nginx", "nginx", "-s", "reload")
    deadline = time.monotonic() + RELOAD_SECONDS
    while not any(pid not in before for pid, leaving in _workers(compose).items() if not leaving):
        if time.monotonic() > deadline:
            raise Stop(f"nginx has not reloaded after {RELOAD_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def await_drained(compose: Compose, *, seconds: float) -> bool:
    """Wait for the workers of before the reload to end. Tell whether they did in this time."""
    deadline = time.monotonic() + seconds
    while any(_workers(compose).values()):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _workers(compose: Compose) -> dict[int, bool]:
    """Return nginx's workers by their number, and whether each is about to end."""
    listed = compose.exec("nginx", "sh", "-c", _LIST_PROCESSES, check=False).stdout
    return {int(found[1]): bool(found["leaving"]) for found in _WORKER.finditer(listed)}
