"""What Gunicorn and the shop make of bodies without end and of broken HTTP, over real sockets."""

import contextlib
import gzip
import socket
from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path

import pytest

from ecommerce_backend.tests.counting_shop import CountingShop, counting_shop

pytestmark = pytest.mark.xdist_group("counting_shop")

MEGABYTE = b" " * (1024 * 1024)
LENGTH = 100 * len(MEGABYTE)
MOST_GROWTH = 50 * len(MEGABYTE)
START = "POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountingShop]:
    folder = tmp_path_factory.mktemp("huge")
    (folder / "metrics").mkdir()
    with counting_shop(folder) as started:
        yield started


def told(shop: CountingShop, head: str, body: Iterable[bytes] = ()) -> bytes:
    """Send a request as it is given, and return the answer."""
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head.encode("latin-1"))
            for piece in body:
                connection.sendall(piece)
        received = b""
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while piece := connection.recv(65536):
                received += piece
                if b"\r\n\r\n" in received:
                    connection.settimeout(0.2)
        return received


def peak(shop: CountingShop) -> int:
    """Return the most memory, in bytes, that any worker has had."""
    states = [Path(f"/proc/{worker.pid}/status") for worker in shop.master.children()]
    lines = [line for state in states for line in state.read_text().splitlines()]
    return max(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "status", "code", "body"),
    [
        (f"Content-Length: {LENGTH}", 413, b"body_too_large", repeat(MEGABYTE, 100)),
        (
            "Transfer-Encoding: chunked",
            411,
            b"length_required",
            chunked(repeat(MEGABYTE, 100)),
        ),
        (
            "Content-Encoding: gzip\r\nContent-Length: 101802",
            415,
            b"unsupported_media_type",
            [gzip.compress(MEGABYTE * 100)[:101_802].ljust(101_802, b"\0")],
        ),
    ],
    ids=["with length", "in chunks", "gzip bomb"],
)
def test_a_hundred_megabytes_are_refused_and_not_kept(
    shop: CountingShop, headers: str, status: int, code: bytes, body: Iterable[bytes]
) -> None:
    told(shop, f"{START}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}")
    before = peak(shop)

    answer = told(shop, f"{START}{headers}\r\nConnection: close\r\n\r\n", body)

    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert b"application/problem+json" in answer
    assert code in answer
    assert peak(shop) - before < MOST_GROWTH


BROKEN = {
    "length in letters": START + "Content-Length: abc\r\n\r\n",
    "negative length": START + "Content-Length: -1\r\n\r\n",
    "length with underscore": START + "Content-Length: 1_0\r\n\r\n",
    "length of 30 digits": START + f"Content-Length: {'9' * 30}\r\n\r\n",
    "two lengths": START + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": START + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding nobody knows": START + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "broken chunk": START + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "header of 9 kB": START + f"Authorization: Bearer {'x' * 9000}\r\n\r\n",
    "header with a NUL": START + "X-Cart-Token: a\0b\r\n\r\n",
    "folded header": START + "X-Cart-Token: a\r\n b\r\n\r\n",
    "header without a colon": START + "No colon\r\n\r\n",
    "a hundred headers": START + "".join(f"X-{n}: 1\r\n" for n in range(100)) + "\r\n",
    "path of 5 kB": f"GET /{'x' * 5000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "version of the future": "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "host with a space": "GET /api/v1/products/ HTTP/1.1\r\nHost: a b\r\n\r\n",
    "path with a NUL": "GET /api/v1/products/\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "broken address": "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TLS": "\x16\x03\x01\x02\x00\x01\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_http_is_the_clients_fault(shop: CountingShop, name: str) -> None:
    answer = told(shop, BROKEN[name])

    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501")), answer[:300]
    assert shop.ask("/health/live/").status == 200
