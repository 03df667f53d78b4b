"""HTTP/2, as far as it could differ from what HTTP/1.1 is answered."""

import json
import socket
import ssl
from collections.abc import Iterator

import pytest

from ecommerce_backend.tests.front import http2
from ecommerce_backend.tests.front.servers import HOST, Front, request

ANSWERED = '"route":"health/live/"'
pytestmark = pytest.mark.xdist_group("front")


@pytest.fixture
def connection(door: Front) -> Iterator[ssl.SSLSocket]:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", door.tls_port), timeout=5)
    with client.wrap_socket(plain, server_hostname=HOST) as connection:
        yield connection


def test_many_questions_on_one_connection_are_answered(connection: ssl.SSLSocket) -> None:
    answers = http2.ask(connection, *[http2.get("/health/live/", HOST)] * 30)

    assert {(answer.status, answer.body) for answer in answers} == {(200, b'{"status": "ok"}')}
    assert len(answers) == 30


def test_an_error_is_a_problem(connection: ssl.SSLSocket) -> None:
    (answer,) = http2.ask(connection, http2.get("/metrics", HOST))

    assert answer.status == 404
    assert json.loads(answer.body)["code"] == "not_found"


@pytest.mark.parametrize(
    "block",
    [
        http2.get("/health/live/", "evil.example"),
        http2.get("/health/live/", HOST, ("transfer-encoding", "chunked")),
        http2.get("/health/live/", HOST, ("connection", "keep-alive")),
        http2.get("/health/live/", HOST, ("Upper", "case")),
        http2.get("/health/live/", HOST, ("x", "y\r\nsmuggled: z")),
        http2.get("/health/live/", HOST, (":path", "/metrics")),
        http2.get("/health/live/", HOST, ("host", "evil.example")),
        http2.fields((":method", "GET"), (":scheme", "https"), (":authority", HOST)),
        http2.get("/health/live/", HOST, ("content-length", "5")),
    ],
    ids=[
        "unknown-name",
        "transfer-encoding",
        "connection",
        "upper-case",
        "line-end",
        "two-paths",
        "two-hosts",
        "no-path",
        "length-without-body",
    ],
)
def test_what_http_1_could_read_differently_does_not_reach_the_shop(
    connection: ssl.SSLSocket, shop: Front, block: bytes
) -> None:
    before = shop.log().count(ANSWERED)

    refused, well_formed = http2.ask(connection, block, http2.get("/health/live/", HOST))

    assert (refused.status, well_formed.status) in {(400, 200), (421, 200)}
    assert json.loads(refused.body)["status"] == refused.status
    assert shop.log().count(ANSWERED) == before + 1


def test_a_question_that_is_taken_back_over_and_over_ends_the_connection(
    connection: ssl.SSLSocket, door: Front
) -> None:
    """CVE-2023-44487."""
    sent = b"".join(
        http2.frame(
            http2.HEADERS,
            http2.END_STREAM | http2.END_HEADERS,
            2 * number + 1,
            http2.get("/health/live/", HOST),
        )
        + http2.frame(http2.RESET, 0, 2 * number + 1, b"\x00\x00\x00\x08")
        for number in range(3000)
    )

    connection.sendall(http2.PREFACE + http2.frame(http2.SETTINGS, 0, 0) + sent)

    assert http2.GOAWAY in [received.kind for received in http2.frames(connection)]
    assert door.exchange(request(), tls=True)[0].status == 200
