"""Customers of the shop, at a steady rate: every answer that is not as it must be is counted.

Half of them keep their connection, half open one for each request. A kept connection that the
server closed before the first byte of an answer is opened again and the request repeated, as every
client does (RFC 9112 §9.3.1); each request of ours may be repeated, for the POSTs have a key. How
often that was is counted too.
"""

import http.client
import json
import secrets
import socket
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

TIMEOUT = 60  # seconds
CLIENTS = 36  # nginx lets one address have forty connections
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ssl.SSLEOFError)


@dataclass
class Tally:
    """What the customers saw. `failures` are told by kind, with the second they happened in."""

    answers: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    reopened: int = 0
    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        taken = sorted(self.seconds) or [0.0]
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.by_kind.items()))
        return (
            f"{self.answers} requests ({kinds}), {len(self.failures)} failed,"
            f" {self.reopened} kept connections reopened,"
            f" median {1000 * taken[len(taken) // 2]:.0f} ms,"
            f" 99 % within {1000 * taken[int(len(taken) * 0.99)]:.0f} ms"
        )


class Load:
    """Requests at `rate` a second while the block runs; then `tally` says how it was."""

    def __init__(self, port: int, host: str, *, rate: float, sku: str, slug: str, ca: str) -> None:
        self.port, self.host, self.rate = port, host, rate
        self.sku, self.slug = sku, slug
        self.tally = Tally()
        self.trust = ssl.create_default_context(cafile=ca)
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._begun = time.monotonic()
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=2 * TIMEOUT)

    def _run(self, number: int) -> None:
        customer = Customer(self, keeps=number % 2 == 0)
        pause = CLIENTS / self.rate
        due = time.monotonic() + pause * number / CLIENTS
        step = number
        while not self._over.wait(max(0.0, due - time.monotonic())):
            customer.act(step)
            step += 1
            # A slow answer is not made up for by a burst.
            due = max(due + pause, time.monotonic() - pause)
        customer.leave()

    def count(self, kind: str, seconds: float, failure: str, reopened: int) -> None:
        with self._guard:
            self.tally.answers += 1
            self.tally.by_kind[kind] += 1
            self.tally.seconds.append(seconds)
            self.tally.reopened += reopened
            if failure:
                at = time.monotonic() - self._begun
                self.tally.failures.append(f"{kind} after {at:.1f} s: {failure}")


def connect(port: int, host: str, trust: ssl.SSLContext) -> http.client.HTTPConnection:
    """Open a connection to nginx on this machine as if the DNS had led there."""
    plain = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = http.client.HTTPSConnection(host, timeout=TIMEOUT)
    connection.sock = trust.wrap_socket(plain, server_hostname=host)
    return connection


class Customer:
    """One client: looks around, and puts the product in a cart now and then."""

    def __init__(self, load: Load, *, keeps: bool) -> None:
        self.load = load
        self.keeps = keeps
        self.cart = ""
        self.connection: http.client.HTTPConnection | None = None

    def act(self, step: int) -> None:
        kind, method, path, expected = self._choice(step)
        begun = time.monotonic()
        failure, reopened = self._ask(method, path, expected)
        self.load.count(kind, time.monotonic() - begun, failure, reopened)

    def leave(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _choice(self, step: int) -> tuple[str, str, str, set[int]]:
        slug = self.load.slug
        choices = (
            ("list", "GET", f"/api/v1/products/?page_size={5 + step % 20}", {200}),
            ("product", "GET", f"/api/v1/products/{slug}/", {200}),
            ("cart line", "POST", "/api/v1/cart/lines/", {200, 201}),
            ("landing", "GET", "/", {200}),
            ("cart", "GET", "/api/v1/cart/", {200}),
        )
        return choices[step % len(choices)]

    def _ask(self, method: str, path: str, expected: set[int]) -> tuple[str, int]:
        """Return what was wrong, if anything, and how often a connection was reopened."""
        headers = {"Host": self.load.host, "Accept": "*/*"}
        body = None
        if self.cart:
            headers["X-Cart-Token"] = self.cart
        if method == "POST":
            body = json.dumps({"sku": self.load.sku, "quantity": 1})
            headers |= {
                "Content-Type": "application/json",
                "Idempotency-Key": secrets.token_hex(16),
            }
        reopened = 0
        while True:
            was_kept = self.connection is not None
            try:
                answer, text = self._send(method, path, body, headers)
            except _STALE as error:
                self.leave()
                if was_kept and not reopened:
                    reopened = 1
                    continue
                return f"{type(error).__name__}: {error}", reopened
            except (OSError, http.client.HTTPException) as error:
                self.leave()
                return f"{type(error).__name__}: {error}", reopened
            break
        if not self.keeps or answer.will_close:
            self.leave()
        return self._judged(answer, text, method, expected), reopened

    def _send(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if self.connection is None:
            self.connection = connect(self.load.port, self.load.host, self.load.trust)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def _judged(
        self, answer: http.client.HTTPResponse, text: bytes, method: str, expected: set[int]
    ) -> str:
        if answer.status not in expected:
            return f"{answer.status} {text[:160].decode(errors='replace')}"
        if method == "POST":
            token = answer.headers.get("X-Cart-Token")
            # A cart holds so many of a kind; ten, then another cart.
            is_full = json.loads(text)["item_count"] >= 10
            self.cart = "" if is_full else (token or self.cart)
        return ""
