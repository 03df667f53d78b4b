"""`cert` without certbot, with which scripts/tests/stack/test_certificates.py tries it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scripts.deploy.__main__ import main
from scripts.deploy.state import State, save
from scripts.deploy.tests.hosts import Host
from scripts.deploy.tests.tls import certificate, shown

DAY = timedelta(days=1)
KEEPER = "python3 -B -m scripts.stack.certbot"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    host = Host(tmp_path)
    monkeypatch.setenv("PATH", host.path)
    host.settings(ACME_SERVER="https://an-authority-of-ours.test/dir")
    save(host.site, State(color="blue", release="1.4.0", image="nexus:1.4.0"))
    yield host
    host.close()


def certbot(host: Host, *, code: int = 0, says: str = "", renewal: object = None) -> None:
    """Let certbot's container answer so; what it was asked is in the file `asked`."""
    (host.programs / "says").write_text(says)
    (host.programs / "renewal").write_text(json.dumps(renewal) if renewal else "")
    host.script(
        "docker",
        f"""case "$*" in
  *renewal.json) cat {host.programs}/renewal ;;
  *openssl*) echo serial=C0FFEE ;;
  *scripts.stack.certbot*) echo "$*" >> {host.programs}/asked
    cat {host.programs}/says; exit {code} ;;
esac""",
    )


def cert(host: Host, *arguments: str) -> int:
    return main(["--site", str(host.site.root), "cert", *arguments])


def asked(host: Host) -> list[str]:
    """Return what certbot's container was asked to do."""
    file = host.programs / "asked"
    lines = file.read_text().splitlines() if file.exists() else []
    return [line.partition(f"{KEEPER} ")[2] for line in lines]


@pytest.mark.parametrize(
    ("left", "lives", "code"), [(61, 90, 0), (29, 90, 10), (14, 90, 20), (-1, 90, 20), (14, 45, 10)]
)
def test_the_status_is_that_of_what_is_served(
    host: Host, tmp_path: Path, left: int, lives: int, code: int
) -> None:
    certbot(host)
    ends = left * DAY + timedelta(hours=1)
    served = certificate(tmp_path, name="shop.test", begins=(left - lives) * DAY, ends=ends)
    with shown(served, host.ports[1]):
        assert cert(host, "status") == code


def test_the_status_tells_of_the_last_renewal(
    host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = {"tried_at": "2026-01-01T00:00:00Z", "error": "the authority is away"}
    certbot(host, renewal=tried)
    served = certificate(tmp_path, name="shop.test", begins=-DAY, ends=89 * DAY)
    with shown(served, host.ports[1]):
        cert(host, "status", "--json")

    document = json.loads(capsys.readouterr().out)
    assert document["certificate"]["level"] == "green"
    assert document["renewal"] == tried


@pytest.mark.parametrize(
    ("arguments", "question"),
    [
        (["issue"], "issue"),
        (["issue", "--force"], "issue --force"),
        (["renew"], "renew"),
        (["revoke"], "revoke --reason unspecified"),
        (["revoke", "--reason", "keycompromise"], "revoke --reason keycompromise"),
        (["issue", "--server", "https://ca.test/dir"], "--server https://ca.test/dir issue"),
    ],
)
def test_what_certbot_is_asked_is_waited_for_until_it_is_served(
    host: Host, tmp_path: Path, arguments: list[str], question: str
) -> None:
    certbot(host, says="certbot: nginx has a new certificate\n")
    served = certificate(tmp_path, name="shop.test", begins=-DAY, ends=89 * DAY)
    with shown(served, host.ports[1]):
        assert cert(host, *arguments) == 0

    assert asked(host) == [question]


def test_a_rehearsal_waits_for_nothing(host: Host) -> None:
    certbot(host)

    assert cert(host, "issue", "--staging") == 0
    assert asked(host) == ["issue --rehearsal"]


def test_a_refusal_of_the_authority_is_shown(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    certbot(host, code=1, says="certbot: DNS problem: NXDOMAIN looking up A for shop.test\n")

    assert cert(host, "issue") == 1
    assert "✗ DNS problem: NXDOMAIN looking up A for shop.test" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["issue", "renew", "revoke"])
def test_a_dry_run_asks_nobody(host: Host, capsys: pytest.CaptureFixture[str], action: str) -> None:
    certbot(host)

    assert cert(host, action, "--dry-run") == 0
    assert cert(host, "--dry-run", action) == 0
    assert asked(host) == []
    assert KEEPER in capsys.readouterr().out
