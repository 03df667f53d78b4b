"""Machines for the tests: a folder of stand-ins for docker, df and the like, first on the PATH."""

import json
import os
import re
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import yaml

from scripts.deploy.site import SECRETS_GROUP, Site

CHECKOUT = Path(__file__).resolve().parents[3]
GIB = 1024**3
PUBLIC = "198.51.100.7"  # RFC 5737: an address of documentation, nobody's
GLOBAL_V4, GLOBAL_V6 = "5.9.0.1", "2a01:4f8::1"
SECRETS = re.findall(
    r"\.production/secrets/(\w+)",
    (CHECKOUT / "docker-compose.production.yml").read_text(encoding="utf-8"),
)
_DOCKER = """\
#!/bin/sh
# Answers like a Docker engine: the file named after the call, and the code in the file beside it.
here=$(dirname "$0")/docker.d
case "$*" in
  "version --format"*) answer=version ;;
  "compose version"*) answer=compose-version ;;
  "info --format"*) answer=info ;;
  "ps --filter"*) answer=ps ;;
  "network ls"*) answer=networks ;;
  "network inspect"*) answer=network ;;
  "image inspect"*) answer=image ;;
  *" config --format json") answer=config ;;
  *" ps --all --quiet") answer=numbers ;;
  *" ps --all --format json") answer=processes ;;
  "inspect "*) answer=inspect ;;
  "system df") answer=info ;;
  *" exec --no-TTY web-blue python3 "*) answer=look ;;
  *" exec --no-TTY db psql "*) answer=psql ;;
  *" logs --no-color "*) answer=logs ;;
  *" run --rm "*) answer=run ;;
  *) echo "unexpected: docker $*" >&2; exit 99 ;;
esac
[ -f "$here/$answer.error" ] && { cat "$here/$answer.error" >&2; exit 1; }
cat "$here/$answer"
"""


class Host:
    """A machine on which the shop runs well, until a test breaks it."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.site = Site(folder / "nexus")
        self._answers = self.programs / "docker.d"
        self._answers.mkdir(parents=True)
        self.site.secrets.mkdir(parents=True)
        self._sockets: list[socket.socket] = []
        self._equip()
        self._install()

    @property
    def path(self) -> str:
        """The PATH on which this machine's programs are, and no others."""
        return str(self.programs)

    def program(self, name: str, output: str, *, code: int = 0) -> None:
        """Make a program that says this, whatever it is asked."""
        (self.programs / f"{name}.txt").write_text(output)
        self._script(name, f'#!/bin/sh\ncat "$0.txt"\nexit {code}\n')

    def script(self, name: str, text: str) -> None:
        self._script(name, f"#!/bin/sh\n{text}\n")

    def without(self, name: str) -> None:
        """Take a program away."""
        (self.programs / name).unlink()

    def docker(self, call: str, output: str = "", *, error: str = "") -> None:
        """Set what `docker` answers to a call, or with which error it fails."""
        (self._answers / call).write_text(output)
        if error:
            (self._answers / f"{call}.error").write_text(error)

    def settings(self, **changes: str | None) -> None:
        """Write .env.prod with these settings changed, or left out where None is given."""
        known: dict[str, str | None] = {
            "DOMAIN": "shop.test",
            "ACME_EMAIL": "ada@shop.test",
            "BIND_HTTP": f"127.0.0.1:{self.ports[0]}",
            "BIND_HTTPS": f"127.0.0.1:{self.ports[1]}",
        }
        lines = [f"{key}={value}" for key, value in (known | changes).items() if value is not None]
        self.site.env_file.write_text("\n".join(lines) + "\n")

    def services(self) -> dict[str, Any]:
        """Return the services of the real compose file as `docker compose config` writes them."""
        content = yaml.safe_load(self.site.compose_file.read_text(encoding="utf-8"))
        services: dict[str, Any] = content["services"]
        for service in services.values():
            service["volumes"] = [
                volume if isinstance(volume, dict) else {"source": volume.partition(":")[0]}
                for volume in service.get("volumes", [])
            ]
        services["nginx"]["ports"] = [{"published": "80"}, {"published": "443"}]
        return services

    def compose(self, services: dict[str, Any]) -> None:
        self.docker("config", json.dumps({"services": services}, default=str))

    def listen(self, port: int) -> None:
        """Take a port of this machine, until `close`."""
        taken = socket.socket()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        self._sockets.append(taken)

    def close(self) -> None:
        for taken in self._sockets:
            taken.close()

    def disk(self, *, total: int, free: int) -> None:
        """Set the size of the disk and the room on it, in bytes."""
        self.program("df", f"Filesystem 1B-blocks Avail\n/dev/vda1 {total} {free}\n")

    def memory(self, bytes_: int) -> None:
        self.script("getconf", f'[ "$1" = PAGE_SIZE ] && echo 4096 || echo {bytes_ // 4096}')

    def names(self, *, v4: str = "", v6: str = "") -> None:
        """Set what shop.test leads to."""
        lines = f"[ $1 = ahostsv4 ] && echo '{v4} STREAM shop.test' || echo '{v6} STREAM shop.test'"
        self.script("getent", lines if v4 or v6 else "exit 2")

    def addresses(self, *addresses: str) -> None:
        """Set the addresses of the machine's network card."""
        entries = [{"local": address} for address in addresses]
        self._tell_ip("addr", [{"ifname": "eth0", "addr_info": entries}])

    def routes(self, **destinations: str) -> None:
        """Set where the machine sends packets, by device."""
        self._tell_ip("route", [{"dst": d, "dev": device} for device, d in destinations.items()])

    def networks(self, **subnets: str) -> None:
        """Set Docker's networks, as Compose names them: `nexus_edge`."""
        self.docker("networks", "\n".join(subnets))
        told = [
            {
                "Name": name,
                "Id": f"{name}-0123456789",
                "Labels": dict(
                    zip(
                        ("com.docker.compose.project", "com.docker.compose.network"),
                        name.split("_"),
                        strict=False,
                    )
                ),
                "IPAM": {"Config": [{"Subnet": subnet}, {"Subnet": "fd00::/64"}]},
            }
            for name, subnet in subnets.items()
        ]
        self.docker("network", json.dumps(told))

    def _tell_ip(self, what: str, told: Any) -> None:
        (self.programs / f"ip.{what}").write_text(json.dumps(told))
        self.script("ip", 'case "$*" in *route*) cat "$0.route" ;; *) cat "$0.addr" ;; esac')

    def _script(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def _equip(self) -> None:
        for name in ("bash", "cat", "dirname", "readlink", "sh"):
            (self.programs / name).symlink_to(shutil.which(name) or name)
        (self.programs / "python3").symlink_to(Path(sys.executable).resolve())
        self._script("docker", _DOCKER)
        self.docker("version", "28.2.2\n")
        self.docker("compose-version", "2.36.0\n")
        self.docker("info", str(self.site.root))
        self.docker("ps")
        self.program("git", "git version 2.47.3\n")
        self.program("uname", "x86_64\n")
        self.program("timedatectl", "yes\n")
        self.program("ss", 'LISTEN 0 511 *:80 *:* users:(("apache2",pid=812,fd=4))\n')
        self.disk(total=40 * GIB, free=20 * GIB)
        self.memory(4 * GIB)
        self.names(v4=GLOBAL_V4, v6=GLOBAL_V6)
        self.networks(bridge="172.17.0.0/16")
        self.routes(eth0="default", docker0="172.17.0.0/16")
        self.addresses("127.0.0.1", "::1", "172.17.0.1", GLOBAL_V4, GLOBAL_V6)

    def _install(self) -> None:
        self.ports = _free_ports()
        for name in ("docker-compose.production.yml", ".env.prod.example", "docs/configuration.md"):
            (self.site.root / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(CHECKOUT / name, self.site.root / name)
        self.settings()
        self.compose(self.services())
        for name in SECRETS:
            path = self.site.secrets / name
            path.write_text(f"{name}-gW3rT9vQ7zLp2XkD8sYb5N")
            path.chmod(0o440)
            if os.geteuid() == 0:
                os.chown(path, 0, SECRETS_GROUP)


def _free_ports() -> list[int]:
    probes = [socket.socket() for _ in range(2)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
