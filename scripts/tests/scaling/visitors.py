"""People who browse the catalogue all the while, each from a network of their own."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from scripts.tests.scaling.shops import WebHost

VISITORS = 6
_PAUSE = 0.02  # seconds


@dataclass
class Crowd:
    """What they met with, once they are gone."""

    statuses: Counter[int] = field(default_factory=Counter)
    longest: float = 0  # seconds that one answer took


@contextmanager
def visitors(
    *hosts: WebHost, paths: Sequence[str] = ("categories/", "products/", "brands/")
) -> Iterator[Crowd]:
    """Let them browse until the block ends."""
    crowd, over = Crowd(), Event()

    def browse(number: int) -> list[tuple[int, float]]:
        met: list[tuple[int, float]] = []
        host = hosts[number % len(hosts)]
        with host.client(headers={"X-Forwarded-For": f"198.51.100.{number}"}) as client:
            while not over.wait(_PAUSE):
                began = time.monotonic()
                answer = client.get(f"/api/v1/{paths[len(met) % len(paths)]}")
                met.append((answer.status_code, time.monotonic() - began))
        return met

    with ThreadPoolExecutor(VISITORS) as pool:
        browsing = [pool.submit(browse, number) for number in range(VISITORS)]
        try:
            yield crowd
        finally:
            over.set()
        for visit in browsing:
            for status, seconds in visit.result():
                crowd.statuses[status] += 1
                crowd.longest = max(crowd.longest, seconds)
