"""What is said of the certificate that visitors are shown."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from pytest_django import Settings

from ecommerce_backend import reports
from ecommerce_backend.common.tasks import watch_certificate
from ecommerce_backend.served_certificate import look
from ecommerce_backend.tests.running_shop import free_port
from scripts.deploy.tests.tls import certificate, shown

NAME = "shop.example"
DAY = timedelta(days=1)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The one authority that is trusted here."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def pair(authority: trustme.CA, folder: Path, *names: str, ends: datetime | None = None) -> Path:
    leaf = authority.issue_cert(*names, not_before=datetime.now(UTC) - 10 * DAY, not_after=ends)
    leaf.private_key_and_cert_chain_pem.write_to_path(str(folder / "pair.pem"))
    return folder / "pair.pem"


def test_of_a_good_certificate_there_is_nothing_to_say(
    tmp_path: Path, port: int, authority: trustme.CA
) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + 60 * DAY
    with shown(pair(authority, tmp_path, NAME, "www.shop.example", ends=ends), port):
        served = look("127.0.0.1", port, name=NAME)

    assert served.error is None
    assert served.not_after == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert served.names == [NAME, "www.shop.example"]
    assert (served.issuer or "").startswith("trustme")
    assert not served.is_bootstrap


@pytest.mark.parametrize(
    ("named", "ended", "error"),
    [
        (NAME, True, "certificate has expired"),
        ("other.example", False, f"Hostname mismatch, certificate is not valid for '{NAME}'."),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_read(
    tmp_path: Path, port: int, authority: trustme.CA, named: str, *, ended: bool, error: str
) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + (-DAY if ended else DAY)
    with shown(pair(authority, tmp_path, named, ends=ends), port):
        served = look("127.0.0.1", port, name=NAME)

    assert served.error == error
    assert served.not_after == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert served.names == [named]


def test_an_authority_that_nobody_knows_is_told_from_a_bootstrap(tmp_path: Path, port: int) -> None:
    strange = certificate(tmp_path, name=NAME, begins=-DAY, ends=DAY)
    with shown(strange, port):
        served = look("127.0.0.1", port, name=NAME)

    assert served.error == "unable to get local issuer certificate"
    assert served.serial == "c0ffee"
    assert not served.is_bootstrap


def test_a_bootstrap_certificate_is_known_by_its_name(tmp_path: Path, port: int) -> None:
    own = certificate(tmp_path, name="bootstrap", begins=-DAY, ends=DAY, is_self_signed=True)
    with shown(own, port):
        served = look("127.0.0.1", port, name=NAME)

    assert served.is_bootstrap
    assert served.error in {"self-signed certificate", "self signed certificate"}


@pytest.fixture
def silent() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_where_nobody_answers_that_is_said(port: int, silent: int) -> None:
    closed = look("127.0.0.1", port, name=NAME)
    mute = look("127.0.0.1", silent, name=NAME, timeout=0.1)

    assert (closed.error, closed.not_after) == ("Connection refused", None)
    assert "timed out" in (mute.error or "")


def test_the_job_leaves_a_report(
    tmp_path: Path, settings: Settings, port: int, authority: trustme.CA
) -> None:
    settings.REPORTS_DIR = tmp_path
    settings.TLS_PROBE = f"127.0.0.1:{port}"
    settings.BASE_URL = f"https://{NAME}"
    ends = datetime.now(UTC) + 60 * DAY
    with shown(pair(authority, tmp_path, NAME, ends=ends), port):
        watch_certificate(timestamp=0)

    report = json.loads((tmp_path / "certificate.json").read_text())
    assert set(report) == {
        "checked_at",
        "error",
        "is_bootstrap",
        "issuer",
        "names",
        "not_after",
        "not_before",
        "serial",
    }
    assert report["error"] is None
    assert reports.standing()["certificate"] == "ok"


def test_without_anywhere_to_look_there_is_no_report(tmp_path: Path, settings: Settings) -> None:
    settings.REPORTS_DIR = tmp_path
    settings.TLS_PROBE = ""

    watch_certificate(timestamp=0)

    assert list(tmp_path.iterdir()) == []
