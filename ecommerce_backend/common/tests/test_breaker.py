from queue import Queue

import pytest

from ecommerce_backend.common.breaker import Breaker

PATIENCE = 20  # seconds


class Away(Exception):
    pass


class Server:
    """Something that is away until the test says otherwise."""

    def __init__(self) -> None:
        self.is_away = True
        self.probes: Queue[None] = Queue()
        self.told: Queue[str] = Queue()
        self.breaker = Breaker(
            self.probe,
            pause=0.01,
            errors=Away,
            on_open=lambda error: self.told.put(str(error)),
            on_close=lambda: self.told.put("back"),
        )

    def is_avoided(self) -> bool:
        return self.breaker.is_open

    def probe(self) -> None:
        self.probes.put(None)
        if self.is_away:
            raise Away


def test_nobody_is_let_through_until_the_server_is_back() -> None:
    server = Server()
    assert not server.is_avoided()

    for _ in range(5):
        server.breaker.trip(Away("timed out"))
    for _ in range(3):
        server.probes.get(timeout=PATIENCE)

    assert server.is_avoided()
    assert server.told.get(timeout=PATIENCE) == "timed out"
    assert server.told.empty()
    server.is_away = False
    assert server.told.get(timeout=PATIENCE) == "back"
    assert not server.is_avoided()


@pytest.mark.parametrize("times", [1, 2])
def test_each_outage_is_told_once(times: int) -> None:
    server = Server()
    server.is_away = False

    told = []
    for outage in range(times):
        server.breaker.trip(Away(str(outage)))
        told += [server.told.get(timeout=PATIENCE), server.told.get(timeout=PATIENCE)]

    assert told == ["0", "back", "1", "back"][: 2 * times]
