"""A whole installation of the shop, made in a folder by deploy.sh as an operator would."""

import os
import secrets
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.deploy import state as states
from scripts.deploy.compose import Compose, docker_output
from scripts.deploy.containers import Inspection, inspect
from scripts.deploy.site import CHECKOUT, Site
from scripts.tests.stack.pebble import DIRECTORY, Pebble

DOMAIN = "shop.test"
ADMIN = "owner@shop.test"
PATIENCE_SECONDS = 240.0
# What the load asks for is above what one customer may.
LIMITS = "address=90000/minute,user=90000/minute,token-misses=90000/10 minutes"
OVERRIDE = """\
services:
  nginx:
    networks: {{public: {{}}, edge: {{aliases: [{domain}]}}, acme: {{aliases: [{domain}]}}}}
  certbot:
    environment: {{REQUESTS_CA_BUNDLE: /opt/pebble-ca.pem}}
    volumes: ["{server_ca}:/opt/pebble-ca.pem:ro"]
    networks: {{egress: {{}}, acme: {{}}}}
  # The sandbox's notices go to the shop's public address, whose authority is known here alone.
  worker:
    environment: {{SSL_CERT_FILE: /opt/pebble-root.pem}}
    volumes: ["{root}:/opt/pebble-root.pem:ro"]
networks:
  acme: {{external: true, name: {network}}}
"""


class Stack:
    """The installation: `root` is its checkout, `site` what deploy.sh sees of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = f"nexus-test-{secrets.token_hex(3)}"
        self.root = folder / "nexus"
        self.http, self.https = free_port(), free_port()
        self.site = Site(self.root)
        self.pebble = Pebble(f"{self.project}-acme", folder)
        self.password = secrets.token_urlsafe(16)

    def prepare(self) -> None:
        """Do what comes before deploy.sh: a checkout, and a certificate authority that answers."""
        clone = ["git", "clone", "--quiet", str(CHECKOUT), str(self.root)]
        subprocess.run(clone, check=True)
        self.git("config", "user.name", "Stack test")
        self.git("config", "user.email", "stack@shop.test")
        self.pebble.start()
        self.site.production.mkdir(mode=0o711)
        self.site.compose_override.write_text(
            OVERRIDE.format(
                domain=DOMAIN,
                server_ca=self.pebble.server_ca,
                root=self.pebble.root,
                network=self.pebble.network,
            )
        )

    def init(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run init with what this installation is told; it may be run again."""
        password = self.folder / "password"
        password.write_text(self.password)
        network = 16 + int(self.project[-2:], 16) % 200
        settings = {
            "COMPOSE_PROJECT_NAME": self.project,
            "BIND_HTTP": f"127.0.0.1:{self.http}",
            "BIND_HTTPS": f"127.0.0.1:{self.https}",
            "EDGE_SUBNET": f"172.30.{network}.0/24",
            "PUBLIC_SUBNET_V6": f"fd6e:6578:7573:{network:x}::/64",
            "ACME_SERVER": DIRECTORY,
            "SHOP_PAYMENT_PROVIDERS": "manual,sandbox",
            "SHOP_ALLOW_SANDBOX": "true",
            "SHOP_RATE_LIMITS": LIMITS,
            "WEB_CONCURRENCY": os.environ.get("WEB_CONCURRENCY", "2"),
            # A machine for tests is small, has no name in the DNS and other things on it.
            "PREFLIGHT_SKIP": "dns,ports,memory,disk,clock",
        }
        chosen = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        who = ["--admin-email", ADMIN, "--admin-password-file", str(password)]
        name = ["--domain", DOMAIN, "--email", ADMIN]
        return self.deploy("init", "--yes", *name, *chosen, *who, *arguments)

    def deploy(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command of deploy.sh, showing what it says."""
        ended = subprocess.run(
            [self.root / "scripts" / "deploy.sh", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if check and ended.returncode:
            raise AssertionError(
                f"deploy.sh {' '.join(arguments)}: {ended.returncode}\n{ended.stdout}"
            )
        return ended

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str) -> str:
        """Commit what lies in the checkout and return the release that makes."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")[:12]

    @property
    def compose(self) -> Compose:
        return Compose(self.site)

    @property
    def state(self) -> states.State:
        state = states.load(self.site)
        assert state is not None
        return state

    def container(self, service: str) -> Inspection | None:
        return inspect(self.compose, service)

    def remove(self) -> None:
        """Take everything down, and its images; nothing of another project is touched."""
        if self.site.env_file.exists():
            self.compose.run("down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)
        self.pebble.stop()
        listed = docker_output(["docker", "images", "--format", "{{.Repository}}:{{.Tag}}"]).stdout
        own = [name for name in listed.split() if name.startswith(f"{self.project}")]
        if own:
            docker_output(["docker", "rmi", "--force", *own], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def installation(folder: Path) -> Iterator[Stack]:
    """Give a prepared folder; what was made in it goes in the end, unless KEEP is set."""
    stack = Stack(folder)
    try:
        stack.prepare()
        yield stack
    finally:
        if os.environ.get("KEEP"):
            print(f"\nkept: {stack.root}, project {stack.project}, port {stack.https}")
        else:
            stack.remove()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_until(holds: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait for a condition and return after how many seconds it held."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() > begun + seconds:
            raise AssertionError(f"not so after {seconds:.0f} s")
        select.select([], [], [], 0.1)
    return time.monotonic() - begun
