"""An ACME server of the test's own, as Let's Encrypt would be: pebble, on a network of its own."""

import os
import select
import ssl
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from scripts.deploy.compose import docker_output

IMAGE = os.environ.get("PEBBLE_IMAGE", "ghcr.io/letsencrypt/pebble:latest")
DIRECTORY = "https://pebble:14000/dir"
START_SECONDS = 60


class Pebble:
    """The server, and two files for those who talk to it.

    `server_ca` is what its own HTTPS is signed by, `root` what the certificates it hands out are.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.network = name
        self.server_ca = folder / "pebble-ca.pem"
        self.root = folder / "pebble-root.pem"

    def start(self) -> None:
        docker_output(["docker", "network", "create", self.network])
        run = ["docker", "run", "--detach", "--name", self.name, "--network", self.network]
        # It validates at once instead of after a random wait, and at the ports that people use.
        settings = ["--env", "PEBBLE_VA_NOSLEEP=1", "--env", "PEBBLE_WFE_NONCEREJECT=0"]
        docker_output([*run, "--network-alias", "pebble", *settings, IMAGE])
        self._copy_ca()
        self.root.write_text(self._fetch_root())

    def stop(self) -> None:
        docker_output(["docker", "rm", "--force", "--volumes", self.name], check=False)
        docker_output(["docker", "network", "rm", self.network], check=False)

    def _copy_ca(self) -> None:
        for place in ("/etc/pebble/ca.pem", "/test/certs/pebble.minica.pem"):
            copy = ["docker", "cp", f"{self.name}:{place}", str(self.server_ca)]
            if docker_output(copy, check=False).returncode == 0:
                return
        raise AssertionError(f"{IMAGE} has no CA certificate at the places known")

    def _fetch_root(self) -> str:
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        inspect = ["docker", "inspect", "--format", form, self.name]
        address = docker_output(inspect).stdout.strip()
        trust = ssl.create_default_context(cafile=self.server_ca)
        trust.check_hostname = False  # asked by its address
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urlopen(
                    f"https://{address}:15000/roots/0", context=trust, timeout=5
                ) as answer:
                    return str(answer.read().decode())
            except (URLError, OSError):
                if time.monotonic() > deadline:
                    raise
                select.select([], [], [], 0.2)
