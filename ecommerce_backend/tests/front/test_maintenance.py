"""The shop closed for a while, or away: what programs and people are told."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecommerce_backend.tests.front.servers import FILES, Front, nginx, request
from ecommerce_backend.tests.front.test_raw_http import assert_a_problem
from scripts.deploy import rendering

pytestmark = pytest.mark.xdist_group("front")

BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
SAID = "set_real_ip_from 127.0.0.1; real_ip_header X-Said;"


@pytest.fixture(scope="module")
def closed_shop(shop: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    text = rendering.maintenance(on=True, let_in=["192.0.2.0/24"], seconds=600)
    folder = tmp_path_factory.mktemp("maintenance")
    with nginx(folder, upstream=shop.port, maintenance=text, real_ip=SAID) as front:
        yield front


@pytest.mark.parametrize("target", ["/api/v1/brands/", "/api/v1/cart/", "/health/live/"])
def test_a_program_is_told_when_to_come_back(closed_shop: Front, target: str) -> None:
    (answer,) = closed_shop.exchange(request(target), tls=True)

    assert answer.status == 503
    assert answer.one("Retry-After") == "600"
    assert_a_problem(answer, "unavailable")


@pytest.mark.parametrize("target", ["/", "/admin/", "/api/docs/", "/static/gone.css"])
def test_a_browser_is_shown_a_page(closed_shop: Front, target: str) -> None:
    (answer,) = closed_shop.exchange(request(target, BROWSER), tls=True)

    assert answer.status == 503
    assert answer.one("Retry-After") == "600"
    assert answer.one("Content-Type") == "text/html; charset=utf-8"
    assert answer.one("Cache-Control") == "private, no-store"
    assert b"<h1>Back in a moment</h1>" in answer.body


def test_the_page_may_use_its_own_style_and_nothing_else(closed_shop: Front) -> None:
    (answer,) = closed_shop.exchange(request("/", BROWSER), tls=True)

    style = re.findall(rb"<style>(.*?)</style>", answer.body, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0]).digest()).decode()
    assert answer.one("Content-Security-Policy") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    assert b"<script" not in answer.body
    assert b"src=" not in answer.body


def test_who_works_on_it_is_let_in(closed_shop: Front) -> None:
    (answer,) = closed_shop.exchange(request("/health/live/", "X-Said: 192.0.2.7"), tls=True)

    assert answer.status == 200


def test_a_certificate_can_be_renewed_meanwhile(closed_shop: Front) -> None:
    token = closed_shop.folder / "acme/.well-known/acme-challenge/token"
    token.parent.mkdir(parents=True)
    token.write_text("answer")

    (answer,) = closed_shop.exchange(request("/.well-known/acme-challenge/token"))

    assert (answer.status, answer.body) == (200, b"answer")


def test_without_the_shop_a_browser_is_shown_the_page(tmp_path: Path, closed: int) -> None:
    with nginx(tmp_path, upstream=closed) as front:
        (page,) = front.exchange(request("/", BROWSER), tls=True)
        (problem,) = front.exchange(request("/api/v1/brands/", BROWSER), tls=True)

    assert (page.status, page.one("Content-Type")) == (502, "text/html; charset=utf-8")
    assert_a_problem(problem, "bad_gateway")


def test_off_is_what_the_files_begin_with() -> None:
    assert rendering.maintenance(on=False) == (FILES / "site" / "maintenance.conf").read_text()
