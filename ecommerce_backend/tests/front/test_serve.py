"""scripts/stack/nginx/serve.sh: nginx in its container, while certificates and addresses change."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from ecommerce_backend.tests.front.servers import (
    HOST,
    PATIENCE_SECONDS,
    Front,
    listening,
    nginx_command,
    prepared_nginx,
    until,
)
from ecommerce_backend.tests.running_shop import ROOT

pytestmark = pytest.mark.xdist_group("front")

SERVE = ROOT / "scripts" / "stack" / "nginx" / "serve.sh"


@dataclass(frozen=True)
class Stack:
    """nginx under serve.sh, and the folders it looks into."""

    front: Front
    tls: Path
    hosts: Path

    def log(self) -> str:
        return self.front.log()


@contextmanager
def stack(folder: Path, *, certificate: str = "first", awaited: bool = True) -> Iterator[Stack]:
    front, root = prepared_nginx(folder, upstream=1)
    tls, hosts, tools = folder / "tls", folder / "hosts", folder / "tools"
    for place in (tls, tools):
        place.mkdir()
    if certificate:
        install(tls, certificate)
    (root / "site" / "certificate.conf").write_text(
        f"ssl_certificate {tls}/current/fullchain.pem;"
        f" ssl_certificate_key {tls}/current/privkey.pem;"
    )
    # The name is one that every machine knows; what addresses it has is said by the file.
    (root / "site" / "upstream.conf").write_text("server localhost:9;\n")
    hosts.write_text("127.0.0.1 localhost\n")
    tool(tools / "nginx", " ".join([*nginx_command(root)[:7], '"$@"']))
    tool(tools / "getent", f"cat {hosts}")
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "CONFIGURATION": str(root),
        "TLS": str(tls / "current"),
        "CHECK_SECONDS": "0.1",
        "NEWER": f"{folder}/newer.conf",
    }
    ports = [front.port, front.tls_port] if awaited else []
    with listening(["/bin/sh", str(SERVE)], folder, ports, environment):
        yield Stack(front, tls, hosts)


def tool(file: Path, command: str) -> None:
    file.write_text(f"#!/bin/sh\nexec {command}\n")
    file.chmod(0o755)


def install(tls: Path, name: str, *, chain: bytes | None = None) -> str:
    """Put a new pair where certbot's side does, in one step; return its serial number."""
    leaf = trustme.CA().issue_cert(HOST)
    version = tls / name
    version.mkdir()
    (version / "privkey.pem").write_bytes(leaf.private_key_pem.bytes())
    own = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
    (version / "fullchain.pem").write_bytes(own if chain is None else chain)
    link = tls / ".new"
    link.symlink_to(name)
    link.replace(tls / "current")
    return fingerprint(own.decode())


def fingerprint(pem: str) -> str:
    return ssl.PEM_cert_to_DER_cert(pem[: pem.index("-----END CERTIFICATE-----") + 26]).hex()[-64:]


def served(front: Front) -> str:
    """Return the certificate that a visitor is shown.

    One who comes at the very moment of a start or reload is hung up on, and comes again.
    """
    shown: list[str] = []

    def is_shown() -> bool:
        try:
            shown.append(_shown(front))
        except (ConnectionError, ssl.SSLEOFError):
            return False
        return True

    until(is_shown, front.log)
    return shown[-1]


def _shown(front: Front) -> str:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", front.tls_port), timeout=PATIENCE_SECONDS)
    with client.wrap_socket(plain, server_hostname=HOST) as connection:
        der = connection.getpeercert(binary_form=True)
    assert der is not None
    return fingerprint(ssl.DER_cert_to_PEM_cert(der))


def test_a_new_certificate_is_served_soon(tmp_path: Path) -> None:
    with stack(tmp_path) as running:
        first = served(running.front)
        second = install(running.tls, "second")
        until(lambda: served(running.front) == second, running.log)

    assert first != second


@pytest.mark.parametrize(
    "chain",
    [b"", b"nonsense", trustme.CA().issue_cert(HOST).cert_chain_pems[0].bytes()],
    ids=["empty", "no certificate", "of another key"],
)
def test_a_bad_certificate_is_not_taken(tmp_path: Path, chain: bytes) -> None:
    with stack(tmp_path) as running:
        first = served(running.front)
        install(running.tls, "bad", chain=chain)
        until(lambda: "not reloaded" in running.log(), running.log)
        meanwhile = served(running.front)
        third = install(running.tls, "third")
        until(lambda: served(running.front) == third, running.log)

    assert meanwhile == first
    assert running.log().count("not reloaded") == 1


def test_a_certificate_that_vanished_is_served_still(tmp_path: Path) -> None:
    with stack(tmp_path) as running:
        first = served(running.front)
        shutil.rmtree(running.tls / "first")
        until(lambda: "not reloaded" in running.log(), running.log)

        assert served(running.front) == first


def test_before_there_is_a_certificate_it_waits(tmp_path: Path) -> None:
    with stack(tmp_path, certificate="", awaited=False) as running:
        until(lambda: "not started" in running.log(), running.log)
        first = install(running.tls, "first")

        assert served(running.front) == first


def test_a_new_address_of_the_shop_is_looked_up(tmp_path: Path) -> None:
    with stack(tmp_path) as running:
        served(running.front)
        running.hosts.write_text("127.0.0.2 localhost\n")
        until(lambda: "reloaded" in running.log(), running.log)
        running.hosts.write_text("")  # away for a moment: nothing to look up
        install(running.tls, "second")
        until(lambda: running.log().count("serve: reloaded") == 2, running.log)

    assert "not reloaded" not in running.log()


@pytest.mark.parametrize("is_newer", [True, False])
def test_a_kept_connection_outlives_a_reload(tmp_path: Path, is_newer: bool) -> None:  # noqa: FBT001
    """Where nginx can: it says itself then that the connection ends. The other is the control."""
    with stack(tmp_path) as running:
        served(running.front)  # it has begun: the ports are open for a moment before, for nginx -t
        if not is_newer:
            (tmp_path / "newer.conf").write_text("")
            reload(running, tmp_path)
        with socket.create_connection(("127.0.0.1", running.front.port), timeout=10) as kept:
            first = asked(kept)
            reload(running, tmp_path)
            # The control is hung up on without a word, long before its time is over.
            second = asked(kept) if is_newer else kept.recv(4096)

    assert b"301 Moved" in first
    assert b"Connection: keep-alive" in first
    assert (b"301 Moved" in second) is is_newer
    assert (b"Connection: close" in second) is is_newer
    assert (second == b"") is not is_newer


def asked(connection: socket.socket) -> bytes:
    """Return the answer to a request over plain HTTP, nothing from a closed connection."""
    try:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        return connection.recv(4096)
    except ConnectionError:
        return b""


def reload(running: Stack, folder: Path) -> None:
    """Reload nginx and wait until none of its workers of before takes connections."""
    before = workers(folder)
    subprocess.run(nginx_command(folder / "nginx", "-s", "reload"), check=True, capture_output=True)
    until(lambda: not any(takes_connections(pid) for pid in before), running.log)


def workers(folder: Path) -> list[str]:
    master = (folder / "nginx.pid").read_text().strip()
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [pid for pid in children if takes_connections(pid)]


def takes_connections(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"nginx: worker process\0")
    except OSError:
        return False
