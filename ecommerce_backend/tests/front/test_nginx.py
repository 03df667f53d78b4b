"""nginx with the files of production: what it refuses, and what it says of it."""

import contextlib
import json
import re
import ssl
import subprocess
from http import HTTPStatus
from pathlib import Path

import pytest

from ecommerce_backend.tests.front.servers import (
    HOST,
    Front,
    answers,
    nginx,
    nginx_command,
    request,
    until,
)
from ecommerce_backend.tests.front.test_raw_http import HEADERS, assert_a_problem
from ecommerce_backend.tests.running_shop import ROOT

pytestmark = pytest.mark.xdist_group("front")

FILES = ROOT / "nginx"
ONCE = (*HEADERS, "x-request-id")


def test_the_configuration_is_in_order(door: Front) -> None:
    check = subprocess.run(
        nginx_command(door.folder / "nginx", "-t"), capture_output=True, text=True, check=False
    )

    assert check.returncode == 0, check.stderr
    assert "[warn]" not in check.stderr
    assert "[emerg]" not in check.stderr


@pytest.mark.parametrize("file", sorted((FILES / "problems").iterdir()), ids=lambda file: file.stem)
def test_each_problem_of_nginx_has_the_shape_of_the_shops(file: Path) -> None:
    inserted = re.sub(r"<!--# echo var=\"\w+\" encoding=\"none\" -->", "/x", file.read_text())
    document = json.loads(inserted)

    assert sorted(document) == [
        "code",
        "detail",
        "instance",
        "request_id",
        "status",
        "title",
        "type",
    ]
    assert document["type"] == f"urn:nexus:problem:{document['code']}"
    assert document["title"] == document["code"].replace("_", " ").capitalize()
    assert HTTPStatus(document["status"]) >= HTTPStatus.BAD_REQUEST
    assert file.stem in {str(document["status"]), document["code"]}


IMAGES = "/api/v1/staff/products/1/images/"


def test_each_error_of_nginx_has_its_problem() -> None:
    text = (FILES / "snippets" / "problems.conf").read_text()
    named = re.findall(r"^error_page \d+ (?:=\d+ )?/problems/(\w+)\.json;", text, re.MULTILINE)
    files = {file.stem for file in (FILES / "problems").iterdir()}

    assert set(named) | {"https_required"} == files


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (request("/metrics"), 404, "not_found"),
        (request("/%6detrics"), 404, "not_found"),
        (request("/media/.git/config"), 404, "not_found"),
        (request("/media/gone.webp"), 404, "not_found"),
        (request("/media/here.webp", method="DELETE"), 403, "permission_denied"),
        (request("/media/../../etc/passwd"), 400, "bad_request"),
        (request("/media/..%2f..%2fetc/passwd"), 400, "bad_request"),
        (request("/media/%2e%2e/%2e%2e/etc/passwd"), 400, "bad_request"),
        (request("/media/%252e%252e/etc/passwd"), 404, "not_found"),
        (request("/media/..%5c..%5cetc/passwd"), 404, "not_found"),
        (request("/media/here.webp%00.png"), 400, "bad_request"),
        (request("/media/../www/media/here.webp"), 404, "not_found"),
        (request("/problems/404.json"), 404, "not_found"),
        (request("/" + "a" * 9000), 414, "uri_too_long"),
        (request("/", "X-Long: " + "a" * 9000), 431, "headers_too_large"),
        (request("/", "Content-Length: 1048577", method="POST"), 413, "body_too_large"),
        (request("/admin/", "Content-Length: 11534337", method="POST"), 413, "body_too_large"),
        (request(IMAGES, "Content-Length: 11534337", method="POST"), 413, "body_too_large"),
        (request("/", "Transfer-Encoding: cow", method="POST"), 501, "not_implemented"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/9.1\r\n\r\n", 505, "http_version_not_supported"),
    ],
)
def test_what_nginx_refuses_is_a_problem(door: Front, data: bytes, status: int, code: str) -> None:
    (answer,) = door.exchange(data, tls=True)

    assert answer.status == status
    assert_a_problem(answer, code)
    assert answer.one("Server") == "nginx"


def test_a_problem_repeats_a_plain_path_alone(door: Front) -> None:
    plain, odd = (
        json.loads(door.exchange(request(target), tls=True)[0].body)["instance"]
        for target in ("/media/a%20b.webp?token=secret", '/media/"<\\script>.webp')
    )

    assert (plain, odd) == ("/media/a%20b.webp", "/")


def test_a_request_keeps_its_well_formed_id(door: Front) -> None:
    named, odd = (
        door.exchange(request("/metrics", f"X-Request-ID: {offered}"), tls=True)[0]
        for offered in ("0123456789abcdef", 'x"y')
    )

    assert named.one("X-Request-ID") == "0123456789abcdef"
    assert re.fullmatch("[0-9a-f]{32}", odd.one("X-Request-ID"))
    assert json.loads(odd.body)["request_id"] == odd.one("X-Request-ID")


@pytest.mark.parametrize("target", ["/health/live/", "/nowhere/", "/api/v1/nowhere/"])
def test_the_shops_own_answers_carry_no_header_twice(door: Front, target: str) -> None:
    (answer,) = door.exchange(request(target, "X-Request-ID: 0123456789abcdef"), tls=True)

    assert answer.one("X-Request-ID") == "0123456789abcdef"
    assert [len(answer.headers[name]) for name in ONCE] == [1] * len(ONCE)


@pytest.mark.parametrize(
    "lines",
    [
        ["X-Forwarded-For: 203.0.113.9"],
        ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.8"],
        ["X-Forwarded-For: 203.0.113.9, 127.0.0.1"],
        ["Forwarded: for=203.0.113.9"],
        ["X-Real-IP: 203.0.113.9"],
        ["X_Forwarded_For: 203.0.113.9"],
        ["True-Client-IP: 203.0.113.9", "CF-Connecting-IP: 203.0.113.9"],
    ],
)
def test_what_a_client_says_of_its_address_is_not_believed(
    door: Front, shop: Front, lines: list[str], request: pytest.FixtureRequest
) -> None:
    name = f"address-{abs(hash(request.node.name))}"

    door.exchange(_named(name, *lines), tls=True)

    (line,) = [line for line in shop.log().splitlines() if name in line]
    assert json.loads(line)["client"] == "127.0.0.1"


def test_the_shop_believes_the_proxy(shop: Front) -> None:
    shop.exchange(_named("control-of-address", "X-Forwarded-For: 203.0.113.9"))

    (line,) = [line for line in shop.log().splitlines() if "control-of-address" in line]
    assert json.loads(line)["client"] == "203.0.113.9"


def _named(request_id: str, *lines: str) -> bytes:
    return request("/nowhere/", f"X-Request-ID: {request_id}", *lines)


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("host", ["evil.example", f"{HOST}.evil.example", f"x.{HOST}", "127.0.0.1"])
def test_an_unknown_name_gets_no_answer(door: Front, host: str, *, tls: bool) -> None:
    assert door.exchange(request("/", host=host), tls=tls) == []


def test_an_unknown_name_gets_no_handshake(door: Front) -> None:
    with pytest.raises(OSError, match=r"(?i)unrecognized.name"):
        door.connect(tls=True, name="other.example")


@pytest.mark.parametrize("target", ["/api/v1/cart/", "/api/v1/users/me/?x=1", "/api/v1/"])
def test_the_api_is_refused_without_https(door: Front, target: str) -> None:
    (answer,) = door.exchange(request(target))

    assert answer.status == 403
    assert "location" not in answer.headers
    assert json.loads(answer.body)["code"] == "https_required"
    assert "strict-transport-security" not in answer.headers  # RFC 6797 §7.2


@pytest.mark.parametrize("target", ["/", "/admin/", "/api/docs/?a=b", "//evil.example/"])
def test_pages_lead_to_https(door: Front, target: str) -> None:
    (answer,) = door.exchange(request(target))

    assert answer.status == 301
    assert answer.one("Location") == f"https://{HOST}{target}"
    assert answer.one("X-Content-Type-Options") == "nosniff"


def test_the_certificates_authority_finds_its_token(door: Front) -> None:
    path = "/.well-known/acme-challenge/token"
    file = door.folder / "acme" / path[1:]
    file.parent.mkdir(parents=True)
    file.write_text("answer")

    found, gone = (door.exchange(request(target))[0] for target in (path, f"{path}x"))

    assert (found.status, found.body, found.one("Content-Type")) == (200, b"answer", "text/plain")
    assert gone.status == 404


def test_pictures_are_sent_as_nothing_but_pictures(door: Front) -> None:
    folder = door.folder / "www" / "media"
    folder.mkdir(parents=True)
    for name in ("here.webp", "page.html", "here.webp.php"):
        (folder / name).write_bytes(b"<script>")
    (folder / "link.webp").symlink_to("/etc/hostname")

    picture = door.exchange(request("/media/here.webp"), tls=True)[0]
    others = [
        door.exchange(request(f"/media/{name}"), tls=True)[0].status
        for name in ("page.html", "here.webp.php", "link.webp", "", "here.webp/x.css")
    ]

    assert (picture.status, picture.body) == (200, b"<script>")
    assert picture.one("Content-Type") == "image/webp"
    assert picture.one("Content-Disposition") == "attachment"
    assert picture.one("Cross-Origin-Resource-Policy") == "cross-origin"
    assert picture.one("Content-Security-Policy").endswith("; sandbox")
    assert picture.one("X-Content-Type-Options") == "nosniff"
    assert others == [404, 404, 403, 404, 404]


@pytest.mark.parametrize("target", ["/health/", "/health/ready/", "/health/x", "/metrics"])
def test_how_the_parts_fare_is_for_those_inside(door: Front, shop: Front, target: str) -> None:
    named = request(target, "X-Request-ID: asked-from-outside")

    (answer,) = door.exchange(named, tls=True)

    assert answer.status == 404
    assert_a_problem(answer, "not_found")
    assert "asked-from-outside" not in shop.log()
    assert door.exchange(request("/health/live/"), tls=True)[0].status == 200


def test_what_others_look_for_is_passed_on(door: Front) -> None:
    (contact,) = door.exchange(request("/.well-known/security.txt"), tls=True)
    report = b'{"csp-report": {}}'
    lines = ("Content-Type: application/csp-report", f"Content-Length: {len(report)}")
    (told,) = door.exchange(request("/csp-reports/", *lines, method="POST") + report, tls=True)

    assert (contact.status, contact.one("Content-Type")) == (200, "text/plain; charset=utf-8")
    assert contact.body.startswith(b"Contact: ")
    assert told.status == 204


def test_a_hundred_slow_clients_are_left_and_others_served(shop: Front, tmp_path: Path) -> None:
    """Slowloris: more of them than nginx may have connections."""
    quick = "client_header_timeout 1s; keepalive_timeout 5s;"
    events = "worker_connections 64;"
    with nginx(tmp_path, upstream=shop.port, events=events, timeouts=quick) as front:
        slow = [front.connect() for _ in range(100)]
        for connection in slow:
            with contextlib.suppress(OSError):  # it may be hung up on already
                connection.sendall(b"GET / HTTP/1.1\r\nX-Slow:")
        answered: list[int] = []
        until(lambda: answers_now(front, answered), front.log)
        for connection in slow:
            assert answers(connection) == []
            connection.close()

    assert answered == [200]


def answers_now(front: Front, answered: list[int]) -> bool:
    try:
        got = front.exchange(request(), tls=True)
    except (OSError, ssl.SSLError):
        return False  # no connection is free yet
    answered.extend(answer.status for answer in got)
    return bool(answered)


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\nHost: shop.example\r\nX-Slow:",
        b"POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 10\r\n\r\nslow",
        b"G",
    ],
)
def test_a_client_that_does_not_go_on_is_left(door: Front, beginning: bytes) -> None:
    with door.connect(tls=True) as connection:
        connection.sendall(beginning)

        assert answers(connection) == []  # that it was hung up on is what `answers` sees to


def test_a_slow_client_is_not_waited_for_long() -> None:
    timeouts = dict(re.findall(r"(\w+) (\d+)s;", (FILES / "site" / "timeouts.conf").read_text()))

    assert {name: int(timeouts[f"client_{name}_timeout"]) for name in ("header", "body")} == {
        "header": 10,
        "body": 15,
    }


@pytest.mark.parametrize(
    ("upstream", "status", "code"),
    [("closed", 502, "bad_gateway"), ("silent", 504, "gateway_timeout")],
)
def test_without_the_shop_the_answer_is_a_problem_still(
    tmp_path: Path, request_fixture: pytest.FixtureRequest, upstream: str, status: int, code: str
) -> None:
    port = request_fixture.getfixturevalue(upstream)
    with nginx(tmp_path, upstream=port, timeouts="proxy_read_timeout 1s;") as front:
        (answer,) = front.exchange(request("/api/v1/brands/"), tls=True)

    assert answer.status == status
    assert answer.one("Retry-After") == "2"
    assert_a_problem(answer, code)


@pytest.fixture
def request_fixture(request: pytest.FixtureRequest) -> pytest.FixtureRequest:
    return request
