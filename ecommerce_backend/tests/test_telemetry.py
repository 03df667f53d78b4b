"""Error reports and traces: what leaves the house, seen by a receiver on this machine."""

import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import Event, ReadableSpan

from ecommerce_backend.telemetry import errors, traces
from ecommerce_backend.tests.counting_shop import CountingShop, counting_shop
from ecommerce_backend.tests.leaks import JWT, LEAKS, OPAQUE, PASSWORD
from ecommerce_backend.tests.refusals import ROOT

PATIENCE = 30  # seconds
BUG = "/api/v1/api/bug/"
# redis-py loads a part of the SDK wherever it is installed; what sends and what listens is ours.
LIBRARIES = ("sentry_sdk", "opentelemetry.exporter", "opentelemetry.instrumentation")


class Receiver:
    """Takes whatever is posted to it."""

    def __init__(self) -> None:
        received = self.received = []  # type: list[tuple[str, bytes]]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                received.append((self.path, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def of(self, path: str) -> list[bytes]:
        return [body for at, body in list(self.received) if path in at]


@contextmanager
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield one
    finally:
        one.server.shutdown()
        thread.join()
        one.server.server_close()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CountingShop, Receiver]]:
    """A shop that reports to a receiver."""
    with (
        receiver() as one,
        counting_shop(
            tmp_path_factory.mktemp("telemetry"),
            wsgi="ecommerce_backend.tests.telemetry_wsgi:application",
            SENTRY_DSN=f"http://{'k' * 32}@{one.address}/7",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{one.address}",
            OTEL_BSP_SCHEDULE_DELAY="100",
        ) as shop,
    ):
        yield shop, one


def until(holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        os.sched_yield()


def ask_with_secrets(shop: CountingShop, path: str, request_id: str) -> int:
    return shop.ask(
        f"{path}?password={PASSWORD}&reset={OPAQUE}",
        headers={
            "X-Request-ID": request_id,
            "Proxy-Authorization": f"Bearer {JWT}",  # not Authorization, which would be refused
            "Cookie": f"session={OPAQUE}",
            "X-Cart-Token": OPAQUE,
        },
    ).status


def spans(one: Receiver) -> list[dict[str, Any]]:
    found = []
    for body in one.of("/v1/traces"):
        message = ExportTraceServiceRequest.FromString(body)
        found += [
            {"name": span.name}
            | {
                each.key: each.value.string_value or each.value.int_value
                for each in span.attributes
            }
            for resource in message.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]
    return found


def test_a_bug_is_reported_with_request_id_route_and_release(
    told: tuple[CountingShop, Receiver],
) -> None:
    shop, one = told

    assert ask_with_secrets(shop, BUG, "bug-0123456789") == 500
    until(lambda: any(b"bug-0123456789" in body for body in one.of("/envelope/")))

    report = b"".join(one.of("/envelope/"))
    assert b'"request_id":"bug-0123456789"' in report.replace(b": ", b":")
    assert b"ZeroDivisionError" in report
    assert b"/api/v1/api/<name>/" in report.replace(b"{name}", b"<name>")
    assert b'"release":"0.' in report.replace(b": ", b":")


def test_each_request_is_a_span_with_request_id_and_route(
    told: tuple[CountingShop, Receiver],
) -> None:
    shop, one = told

    ask_with_secrets(shop, "/api/v1/api/sold-out/", "span-0123456789")
    shop.ask("/health/live/", headers={"X-Request-ID": "probe-0123456789"})
    until(lambda: any(s.get("request_id") == "span-0123456789" for s in spans(one)))

    (span,) = (s for s in spans(one) if s.get("request_id") == "span-0123456789")
    assert span["http.route"] == "api/v1/api/<name>/"
    assert span["http.status_code"] == 409
    assert all(s.get("request_id") != "probe-0123456789" for s in spans(one))


def test_statements_are_spans_without_their_values(told: tuple[CountingShop, Receiver]) -> None:
    shop, one = told

    shop.ask("/api/v1/products/some-slug-of-mine/")
    until(lambda: any("SELECT" in str(s.get("db.statement")) for s in spans(one)))

    statements = [str(s["db.statement"]) for s in spans(one) if "db.statement" in s]
    assert statements
    assert not any("some-slug-of-mine" in statement for statement in statements)


def test_no_secret_leaves_the_house(told: tuple[CountingShop, Receiver]) -> None:
    shop, one = told
    seen = len(one.received)
    ask_with_secrets(shop, BUG, "last-0123456789")
    until(lambda: any(b"last-0123456789" in body for _, body in one.received[seen:]))

    everything = b"".join(body for _, body in one.received)

    assert b"the secret recipe" in everything
    for secret in (PASSWORD, OPAQUE, JWT, JWT.split(".")[2]):
        assert secret.encode() not in everything


def test_reports_and_spans_pass_the_guard_of_the_log() -> None:
    """The corpus of test_redaction, in the places where a report and a span keep texts."""
    for leak in LEAKS:
        event: Any = {
            "exception": {"values": [{"value": str(leak.fields), "type": "ValueError"}]},
            "logentry": {"message": "happened", "params": [leak.fields]},
            "contexts": {"any": dict(leak.fields)},
            "extra": dict(leak.fields),
            "user": {"id": leak.secret},
            "request": {"url": f"https://shop.example/?x={leak.secret}", "method": "GET"},
        }
        text = str(leak.fields)
        span = ReadableSpan(
            name=text,
            attributes={"detail": text, "http.target": f"/?x={leak.secret}"},
            events=[Event("exception", {"exception.message": text})],
        )

        if "exc_info" not in leak.fields:
            assert leak.secret not in str(errors.guarded(event, {})), leak.what
        passed = traces.guarded(span)
        shown = f"{passed.name} {passed.attributes} {[e.attributes for e in passed.events]}"
        if not leak.what.startswith("field") and "exc_info" not in leak.fields:
            assert leak.secret not in shown, leak.what


@pytest.mark.parametrize(
    ("setting", "loaded"),
    [
        ({}, ()),
        ({"SENTRY_DSN": "http://key@127.0.0.1:9/1"}, ("sentry_sdk",)),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}, LIBRARIES[1:]),
    ],
)
def test_what_is_not_set_up_is_not_even_loaded(
    setting: dict[str, str], loaded: tuple[str, ...], tmp_path: Path
) -> None:
    ask = (
        "import sys, ecommerce_backend.wsgi\n"
        f"print([name for name in {LIBRARIES} if name in sys.modules])"
    )
    environment = {name: v for name, v in os.environ.items() if not name.startswith("OTEL_")}

    answer = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        env=environment | setting | {"SHOP_STATIC_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.splitlines()[-1] == str(list(loaded))
