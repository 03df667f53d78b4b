"""Requests on which two servers could disagree where the next one begins (RFC 9112 §11.2)."""

from ecommerce_backend.tests.front.servers import HOST

SMUGGLED = f"GET /health/live/?smuggled HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"


def post(
    *lines: str, body: str = "", host: str | None = f"Host: {HOST}", version: str = "1.1"
) -> bytes:
    """Return such a request, and in what may or may not be its body a whole one."""
    head = [f"POST /api/v1/auth/login/ HTTP/{version}", *([host] if host else []), *lines]
    return ("\r\n".join([*head, "", ""]) + body + SMUGGLED).encode("latin1")


def chunked(body: str) -> bytes:
    return post("Transfer-Encoding: chunked", body=body)


REQUESTS = {
    "length and coding": post("Content-Length: 6", "Transfer-Encoding: chunked", body="0\r\n\r\nX"),
    "coding and length": post(
        "Transfer-Encoding: chunked", "Content-Length: 3", body="1\r\nZ\r\n0\r\n\r\n"
    ),
    "two lengths": post("Content-Length: 0", "Content-Length: 4"),
    "two equal lengths": post("Content-Length: 0", "Content-Length: 0"),
    "a list of lengths": post("Content-Length: 0, 0"),
    "a signed length": post("Content-Length: +0"),
    "a negative length": post("Content-Length: -1"),
    "a hexadecimal length": post("Content-Length: 0x0"),
    "an empty length": post("Content-Length: "),
    "a length with a blank": post("Content-Length: 0 0"),
    "a length with an underscore": post("Content-Length: 0_0"),
    "another coding": post("Transfer-Encoding: xchunked", body="0\r\n\r\n"),
    "identity": post("Transfer-Encoding: identity", body="0\r\n\r\n"),
    "chunked, then another": post("Transfer-Encoding: chunked, cow", body="0\r\n\r\n"),
    "chunked twice": post("Transfer-Encoding: chunked, chunked", body="0\r\n\r\n"),
    "two codings": post("Transfer-Encoding: chunked", "Transfer-Encoding: cow", body="0\r\n\r\n"),
    "a vertical tab before the coding": post("Transfer-Encoding: \x0bchunked", body="0\r\n\r\n"),
    "a quoted coding": post('Transfer-Encoding: "chunked"', body="0\r\n\r\n"),
    "chunks in HTTP/1.0": post("Transfer-Encoding: chunked", body="0\r\n\r\n", version="1.0"),
    "a blank before the colon": post("Transfer-Encoding : chunked", body="0\r\n\r\n"),
    "a blank before the name": post("X: y", " Transfer-Encoding: chunked", body="0\r\n\r\n"),
    "a folded line": post("X: y", "\tz", "Content-Length: 0"),
    "a folded coding": post("Transfer-Encoding:", " chunked", body="0\r\n\r\n"),
    "a name with a NUL": post("Content-Length\0: 0"),
    "a value with a NUL": post("X: y\0z", "Content-Length: 0"),
    "a value with a carriage return": post("X: y\rContent-Length: 0"),
    "no name": post(": x", "Content-Length: 0"),
    "two hosts": post("Host: evil.example", "Content-Length: 0"),
    "two equal hosts": post(f"Host: {HOST}", "Content-Length: 0"),
    "another major version": post("Content-Length: 0", version="3.0"),
}  # fmt: skip
CHUNKS = {
    "a chunk size that is no number": chunked("G\r\nx\r\n0\r\n\r\n"),
    "a negative chunk size": chunked("-1\r\nx\r\n0\r\n\r\n"),
    "a prefixed chunk size": chunked("0x1\r\nx\r\n0\r\n\r\n"),
    "a chunk longer than its size": chunked("1\r\nxyz\r\n0\r\n\r\n"),
    "a line feed in an extension": chunked("1;a\nb\r\nx\r\n0\r\n\r\n"),
}
# Nothing is unclear about where these end.
HOSTS = {
    "a host with a user": post("Content-Length: 0", host=f"Host: {HOST}@evil.example"),
    "a host with a path": post("Content-Length: 0", host=f"Host: {HOST}/evil"),
    "a host of blanks": post("Content-Length: 0", host="Host: a b"),
    "no host": post("Content-Length: 0", host=None),
}  # fmt: skip
# nginx leaves the line out, or takes the version for 1.1; Gunicorn refuses.
LENIENT = {
    "a line without a colon": post("X", "Content-Length: 0"),
    "a version too long": post("Content-Length: 0", version="1.10"),
}
# Gunicorn waits for the rest of the body.
ENDLESS = {
    "an endless length": post("Content-Length: " + "9" * 400),
    "an endless chunk size": chunked("f" * 40 + "\r\nx\r\n0\r\n\r\n"),
}
