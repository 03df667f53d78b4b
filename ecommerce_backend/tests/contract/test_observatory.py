"""The shop's score by the rules of Mozilla's HTTP Observatory."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ecommerce_backend.tests.contract.secure_shop import SecureShop
from ecommerce_backend.tests.front.servers import HOST, Front, nginx
from ecommerce_backend.tests.running_shop import ROOT

pytestmark = pytest.mark.xdist_group("secure_shop")

SCANNER = ROOT / "scripts" / "contract" / "observatory.mjs"
# 100, and for: a policy that starts from 'none' (10), one origin (10), no frames (5), no referrer
# (5); where a cookie is set, for what guards it (5). More has only a host on the preload list.
HIGHEST = 130
HIGHEST_WITH_COOKIES = 135


def scan(front: Front, *paths: str) -> dict[str, Any]:
    command = ["node", str(SCANNER), "--at", f"127.0.0.1:{front.port},127.0.0.1:{front.tls_port}"]
    trust = {"NODE_EXTRA_CA_CERTS": str(front.folder / "authority")}
    scanned = subprocess.run(
        [*command, HOST, *paths],
        env=os.environ | trust,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert scanned.returncode == 0, scanned.stderr
    return {page["path"]: page for page in json.loads(scanned.stdout)}


@pytest.fixture(scope="module")
def scores(secure_shop: SecureShop) -> dict[str, Any]:
    paths = ("/", "/api/v1/products/", "/api/v1/users/me/", "/admin/login/")
    return scan(secure_shop.front, *paths, "/api/docs/", "/api/redoc/")


@pytest.mark.parametrize(
    ("path", "status", "score"),
    [
        ("/", 200, HIGHEST),
        ("/api/v1/products/", 200, HIGHEST),
        ("/api/v1/users/me/", 401, HIGHEST),
        ("/api/docs/", 200, HIGHEST),
        ("/api/redoc/", 200, HIGHEST),
        ("/admin/login/", 200, HIGHEST_WITH_COOKIES),
    ],
)
def test_nothing_is_left_to_gain(
    scores: dict[str, Any], path: str, status: int, score: int
) -> None:
    page = scores[path]

    assert (page["status"], page["score"], page["grade"]) == (status, score, "A+")
    assert [rule for rule, outcome in page["rules"].items() if not outcome["passed"]] == []


@pytest.mark.parametrize("path", ["/api/v1/products/", "/api/v1/users/me/"])
def test_the_api_answers_plain_http_by_no_redirect(scores: dict[str, Any], path: str) -> None:
    assert scores[path]["plainHttp"] == 403


def test_a_lost_header_costs_points(secure_shop: SecureShop, tmp_path: Path) -> None:
    upstream = int(secure_shop.shop.base_url.rpartition(":")[2])
    kept = "proxy_hide_header Strict-Transport-Security;"
    forgetful = {
        "snippets/proxy.conf": {kept: f"{kept} proxy_hide_header Content-Security-Policy;"}
    }

    with nginx(tmp_path, upstream=upstream, spoilt=forgetful) as front:
        page = scan(front, "/")["/"]

    assert page["rules"]["content-security-policy"]["modifier"] == -25
    assert page["score"] == 75
