"""The filter is held to what nginx writes. fail2ban reads it in scripts/firewall_test.sh."""

import configparser
import json
import re
from pathlib import Path

import pytest

from scripts.deploy.firewall import bans
from scripts.deploy.site import CHECKOUT, Site

LOGIN = "/api/v1/auth/login/"


def written(**seen: str) -> str:
    """A line as nginx writes it and Docker stores it."""
    values = {
        "time_iso8601": "2026-11-24T18:00:00+00:00",
        "remote_addr": "203.0.113.9",
        "request_method": "POST",
        "host": "shop.example",
        "shop_path": LOGIN,
        "status": "401",
    } | seen
    conf = (CHECKOUT / "nginx" / "nginx.conf").read_text()
    described = re.search(r"log_format shop escape=json\s+(.*?);\n", conf, re.DOTALL)
    assert described
    pattern = "".join(re.findall(r"'(.*?)'", described[1]))

    def value(name: re.Match[str]) -> str:
        # escape=json, as nginx does it
        return json.dumps(values.get(name[1], "0"), ensure_ascii=False)[1:-1]

    line = re.sub(r"\$(\w+)", value, pattern)
    stored = {"log": f"{line}\n", "stream": "stdout", "time": "2026-11-24T18:00:00.123456789Z"}
    return json.dumps(stored, separators=(",", ":"))


def banned(line: str) -> str | None:
    """The address the filter takes out of a line, without the time that fail2ban cuts out first."""
    definition = configparser.ConfigParser()
    definition.read(CHECKOUT / bans.SOURCE / "filter.d" / "nexus-shop.conf")
    for expression in definition["Definition"]["failregex"].splitlines():
        address = r"(?P<address>[0-9A-Fa-f.:]+)"
        if found := re.search(expression.replace("<ADDR>", address), line):
            return found["address"]
    return None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (LOGIN, "401"),
        (LOGIN, "429"),
        ("/api/v1/auth/register/", "429"),
        ("/admin/login/", "200"),
        ("/admin/login/", "429"),
        ("/admin/second-factor/", "200"),
        ("/admin/second-factor/", "429"),
    ],
)
@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::9"])
def test_a_failed_sign_in_is_seen(path: str, status: str, address: str) -> None:
    assert banned(written(shop_path=path, status=status, remote_addr=address)) == address


@pytest.mark.parametrize(
    ("path", "status", "method"),
    [
        (LOGIN, "200", "POST"),
        (LOGIN, "400", "POST"),
        (LOGIN, "503", "POST"),
        ("/api/v1/auth/refresh/", "401", "POST"),
        ("/api/v1/auth/register/", "201", "POST"),
        ("/admin/login/", "302", "POST"),
        ("/admin/second-factor/", "302", "POST"),
        ("/admin/second-factor/enrolment/", "200", "POST"),
        ("/admin/login/", "200", "GET"),
        ("/api/v1/users/me/", "401", "POST"),
    ],
)
def test_what_is_no_failed_sign_in_is_not(path: str, status: str, method: str) -> None:
    assert banned(written(shop_path=path, status=status, request_method=method)) is None


@pytest.mark.parametrize("field", ["host", "shop_path", "request_method"])
def test_a_visitor_cannot_have_somebody_else_banned(field: str) -> None:
    """What they send is made to look like the rest of a line about another address."""
    forged = written(remote_addr="198.51.100.7")
    inside = json.loads(forged)["log"].strip()
    for sent in (inside, inside[1:], f'x","client":"198.51.100.7{inside}', f"\\{inside}"):
        line = written(**{field: sent, "remote_addr": "203.0.113.9", "status": "404"})
        assert banned(line) is None


def test_the_paths_are_those_of_the_shop() -> None:
    urls = (CHECKOUT / "users" / "urls.py").read_text()
    assert 'path("auth/login/"' in urls
    assert 'path("auth/register/"' in urls


def test_the_operator_is_never_banned(tmp_path: Path) -> None:
    (tmp_path / ".env.prod").write_text("FIREWALL_SSH_FROM=203.0.113.0/24 2001:db8::/48\n")
    (tmp_path / "scripts").symlink_to(CHECKOUT / "scripts")

    jails = configparser.ConfigParser(interpolation=None)
    jails.read_string(bans.text(Site(tmp_path), bans.JAILS))

    for name in ("nexus-shop", "sshd"):
        spared = jails[name]["ignoreip"].split()
        assert {"127.0.0.0/8", "::1", "203.0.113.0/24", "2001:db8::/48"} <= set(spared)
    assert {"172.16.0.0/12", "fc00::/7"} <= set(jails["nexus-shop"]["ignoreip"].split())
