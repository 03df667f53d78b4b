"""Static files from nginx, as the shop itself would answer them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecommerce_backend.tests.front.servers import Answer, Front, gunicorn, nginx, request

pytestmark = pytest.mark.xdist_group("front")

CSS = b"body { margin: 0 }\n" * 100
NAME, HASHED = "/static/site/site.css", "/static/site/site.0123456789ab.css"
HTTPS = "X-Forwarded-Proto: https"
SAME = (
    "cache-control",
    "content-encoding",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-frame-options",
)


@dataclass(frozen=True)
class Both:
    """The shop, and nginx before it with the same files and its own folder of them."""

    shop: Front
    door: Front

    def ask(self, target: str, *lines: str, method: str = "GET") -> tuple[Answer, Answer]:
        (own,) = self.shop.exchange(request(target, HTTPS, *lines, method=method))
        (nginxs,) = self.door.exchange(request(target, *lines, method=method), tls=True)
        return own, nginxs


def fill(folder: Path) -> None:
    site = folder / "site"
    site.mkdir(parents=True)
    for name in (Path(NAME).name, Path(HASHED).name):
        (site / name).write_bytes(CSS)
        (site / f"{name}.gz").write_bytes(gzip.compress(CSS, mtime=0))
        (site / f"{name}.br").write_bytes(b"as brotli would")
    (site / "icon.svg").write_bytes(b"<svg/>")
    (site / "swagger.js").write_bytes(b"run()")
    manifest = {"version": "1.1", "hash": "", "paths": {"site/site.css": HASHED[len("/static/") :]}}
    (folder / "staticfiles.json").write_text(json.dumps(manifest))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("static")
    for owner in ("shop", "nginx"):
        (folder / owner).mkdir()
    fill(folder / "shop" / "files")
    fill(folder / "nginx" / "www" / "static")
    (folder / "shop" / "files" / "site" / "late.css").write_bytes(b"late {}")
    (folder / "nginx" / "www" / "static" / "secret.css").symlink_to("/etc/hostname")
    with (
        gunicorn(folder / "shop", SHOP_STATIC_ROOT=str(folder / "shop" / "files")) as shop,
        nginx(folder / "nginx", upstream=shop.port) as door,
    ):
        yield Both(shop, door)


@pytest.mark.parametrize("coding", ["", "gzip", "br", "gzip, br", "zstd"])
@pytest.mark.parametrize("target", [NAME, HASHED])
def test_nginx_answers_as_the_shop_does(both: Both, target: str, coding: str) -> None:
    own, nginxs = both.ask(target, f"Accept-Encoding: {coding}")

    assert (nginxs.status, nginxs.body) == (own.status, own.body)
    assert {name: nginxs.headers.get(name) for name in SAME} == {
        name: own.headers.get(name) for name in SAME
    }


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip;q=0, br;q=0", None),
        ("gzip;q=1.0, br;q=0.0", ["gzip"]),
        ("gzip; q=0.5, br; q=0.001", ["br"]),
        ("x-gzip, brotli", None),
        ("deflate,GZIP", ["gzip"]),
    ],
)
def test_a_coding_that_is_not_wanted_is_not_sent(
    both: Both, accepted: str, coding: list[str] | None
) -> None:
    (answer,) = both.door.exchange(request(NAME, f"Accept-Encoding: {accepted}"), tls=True)

    assert answer.headers.get("content-encoding") == coding


@pytest.mark.parametrize("name", ["site/icon.svg", "site/swagger.js"])
def test_each_kind_has_the_type_that_the_shop_gives_it(both: Both, name: str) -> None:
    own, nginxs = both.ask(f"/static/{name}")

    assert nginxs.body == own.body
    assert nginxs.one("Content-Type") == own.one("Content-Type")


def test_nginx_does_not_ask_the_shop_for_what_it_has(both: Both) -> None:
    named = "X-Request-ID: not-asked-for-it"
    both.door.exchange(request(HASHED, named), tls=True)
    both.door.exchange(request("/static/site/late.css", "X-Request-ID: asked-for-late"), tls=True)

    assert "asked-for-late" in both.shop.log()
    assert "not-asked-for-it" not in both.shop.log()


def test_what_nginx_does_not_have_the_shop_answers(both: Both) -> None:
    late = both.door.exchange(request("/static/site/late.css"), tls=True)[0]
    gone = both.door.exchange(request("/static/site/gone.css"), tls=True)[0]

    assert (late.status, late.body) == (200, b"late {}")
    assert gone.status == 404


@pytest.mark.parametrize(
    "target",
    ["/static/", "/static/site/", "/static/secret.css", "/static/../nginx/nginx.conf",
     "/static/%2e%2e/%2e%2e/etc/passwd.css", "/static/staticfiles.json/x.css"],
)  # fmt: skip
def test_nothing_else_is_given_away(both: Both, target: str) -> None:
    (answer,) = both.door.exchange(request(target), tls=True)

    assert answer.status in {400, 403, 404}


def test_a_file_is_only_read(both: Both) -> None:
    head = both.door.exchange(request(HASHED, method="HEAD"), tls=True)[0]
    posted = both.door.exchange(request(HASHED, "Content-Length: 0", method="POST"), tls=True)[0]

    assert (head.status, head.body, head.one("Content-Length")) == (200, b"", str(len(CSS)))
    assert posted.status == 403


def test_a_file_that_is_known_is_not_sent_again(both: Both) -> None:
    first = both.door.exchange(request(HASHED, "Accept-Encoding: gzip"), tls=True)[0]
    plain = both.door.exchange(request(HASHED), tls=True)[0]
    tag = first.one("ETag")

    again = both.door.exchange(
        request(HASHED, "Accept-Encoding: gzip", f"If-None-Match: {tag}"), tls=True
    )[0]

    assert (again.status, again.body) == (304, b"")
    assert not tag.startswith("W/")
    assert tag != plain.one("ETag")
