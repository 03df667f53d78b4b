"""Request smuggling and other malformed requests, byte by byte (RFC 9112 §11)."""

import json

import pytest

from ecommerce_backend.tests.front import malformed
from ecommerce_backend.tests.front.servers import HOST, Answer, Front, request

pytestmark = pytest.mark.xdist_group("front")

HTTPS = "X-Forwarded-Proto: https"  # what nginx says to Gunicorn
HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "content-type": "application/problem+json",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def assert_a_problem(answer: Answer, code: str | None = None) -> None:
    """See that it is a problem with all of the headers, none of them twice."""
    document = json.loads(answer.body)
    assert document["status"] == answer.status
    assert document["type"] == f"urn:nexus:problem:{document['code']}"
    assert document["request_id"] == answer.one("X-Request-ID")
    assert {name: answer.one(name) for name in HEADERS} == HEADERS
    if code:
        assert document["code"] == code


def whole(body: str = "") -> bytes:
    media_type, length = "Content-Type: application/json", f"Content-Length: {len(body)}"
    return malformed.post(HTTPS, media_type, length, body=body)


@pytest.mark.parametrize("name", malformed.REQUESTS | malformed.LENIENT)
def test_gunicorn_refuses_what_two_servers_could_read_differently(shop: Front, name: str) -> None:
    (answer,) = shop.exchange((malformed.REQUESTS | malformed.LENIENT)[name])

    assert answer.status in {400, 501}
    assert_a_problem(answer)


@pytest.mark.parametrize("name", malformed.REQUESTS | malformed.CHUNKS | malformed.ENDLESS)
def test_nginx_refuses_what_two_servers_could_read_differently(door: Front, name: str) -> None:
    requests = malformed.REQUESTS | malformed.CHUNKS | malformed.ENDLESS

    (answer,) = door.exchange(requests[name], tls=True)

    assert answer.status in {400, 501, 505}
    assert_a_problem(answer)


@pytest.mark.parametrize("name", malformed.CHUNKS)
def test_what_follows_broken_chunks_is_no_request(shop: Front, name: str) -> None:
    first, *rest = shop.exchange(malformed.CHUNKS[name])

    assert first.status == 403  # asked without HTTPS, it has not read the body
    assert [answer.status for answer in rest] == [400]


@pytest.mark.parametrize("tls", [False, True])
def test_of_two_whole_requests_both_are_answered(shop: Front, door: Front, *, tls: bool) -> None:
    first, second = (door if tls else shop).exchange(whole("{}"), tls=tls)

    assert first.status == 400
    assert json.loads(first.body)["code"] == "invalid"
    assert (second.status, second.body) == (200, b'{"status": "ok"}')


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (request("/" + "a" * 5000), 414, "uri_too_long"),
        (request("/", "X-Long: " + "a" * 9000), 431, "headers_too_large"),
        (request("/", *(f"X-{number}: 1" for number in range(70))), 431, "headers_too_large"),
        (request("/", method="brew"), 400, "bad_request"),
        (request("/", "Expect: miracles"), 417, "bad_request"),
        (b"hello\r\n\r\n", 400, "bad_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "bad_request"),
    ],
)
def test_gunicorns_own_refusals_are_problems(
    shop: Front, data: bytes, status: int, code: str
) -> None:
    (answer,) = shop.exchange(data)

    assert answer.status == status
    assert_a_problem(answer, code)
    assert json.loads(answer.body)["detail"].isprintable()
    assert b"aaaa" not in answer.body


@pytest.mark.parametrize("name", malformed.HOSTS)
def test_a_host_that_is_no_name_of_the_shop_is_refused(shop: Front, door: Front, name: str) -> None:
    data = malformed.HOSTS[name]

    by_https = data.replace(b"\r\n", f"\r\n{HTTPS}\r\n".encode(), 1)
    first, *_ = shop.exchange(by_https)
    (behind,) = door.exchange(data, tls=True)

    assert (first.status, behind.status) == (400, 400)
    assert b"evil" not in first.body + behind.body


@pytest.mark.parametrize(
    "lines",
    [
        ["X-Forwarded-Host: evil.example"],
        ["X-Host: evil.example"],
        ["X-Forwarded-Server: evil.example"],
        ["Forwarded: host=evil.example;proto=http"],
        ["X-Original-URL: /admin/", "X-Rewrite-URL: /admin/"],
        ["X-HTTP-Method-Override: DELETE"],
    ],
)
@pytest.mark.parametrize("target", ["/health/live/", "/api/docs", "/admin/", "/nowhere/"])
def test_no_answer_repeats_a_host_that_somebody_made_up(
    shop: Front, door: Front, target: str, lines: list[str]
) -> None:
    for front, tls, more in ((shop, False, [HTTPS]), (door, True, [])):
        (answer,) = front.exchange(request(target, *lines, *more), tls=tls)
        plain = front.exchange(request(target, *more), tls=tls)[0]

        assert answer.status == plain.status
        assert b"evil" not in answer.body
        assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("target", ["http://evil.example/", "https://evil.example/api/docs"])
def test_an_absolute_target_leads_nowhere_else(shop: Front, door: Front, target: str) -> None:
    (answer,) = shop.exchange(request(target, HTTPS))

    assert b"evil" not in answer.body
    assert "evil" not in str(answer.headers)
    assert door.exchange(request(target), tls=True) == []
    assert door.exchange(request(f"https://{HOST}/health/live/"), tls=True)[0].status == 200


@pytest.mark.parametrize(
    "target", ["//evil.example/api/docs", "//evil.example/..", "/%2f/evil.example"]
)
def test_no_redirect_leads_out_of_the_shop(shop: Front, target: str) -> None:
    (answer,) = shop.exchange(request(target, HTTPS))

    location = answer.headers.get("location", ["/"])[0]
    assert location.startswith("/")
    assert not location.startswith("//")


@pytest.mark.parametrize(
    "target",
    [
        "//api/v1/brands/",
        "/api//v1/brands/",
        "/api/v1//brands/",
        "/API/v1/brands/",
        "/api/v1/Brands/",
        "/api/v1/brands;x=1/",
        "/api/v1/brands/;x=1",
        "/api/v1/brands%2fx.css",
        "/api/v1/./brands/",
        "/api/v1/x/../brands/",
        "/api/v1/brands",
        "/api/v1/brands.json",
    ],
)
def test_an_address_has_one_spelling(shop: Front, target: str) -> None:
    (answer,) = shop.exchange(request(target, HTTPS))

    assert answer.status == 404
    assert_a_problem(answer, "not_found")


def test_a_head_has_no_body(shop: Front, door: Front) -> None:
    for front, tls in ((shop, False), (door, True)):
        got, head = (
            front.exchange(request("/nowhere/", HTTPS, method=method), tls=tls)[0]
            for method in ("GET", "HEAD")
        )

        assert (got.status, head.status) == (404, 404)
        assert int(head.one("Content-Length")) == len(got.body)
        assert head.body == b""


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW", "PROPFIND"])
def test_an_unknown_method_is_refused_and_echoes_nothing(
    shop: Front, door: Front, method: str
) -> None:
    mine = "Cookie: session=secret"

    (answer,) = shop.exchange(request("/health/live/", HTTPS, mine, method=method))
    (behind,) = door.exchange(request("/health/live/", mine, method=method), tls=True)

    assert answer.status == 405
    assert_a_problem(answer, "method_not_allowed")
    assert behind.status in {400, 405}
    assert_a_problem(behind)
    assert b"secret" not in answer.body + behind.body
