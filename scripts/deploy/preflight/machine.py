"""Memory, disk, clock and ports."""

import errno
import re
import socket
from collections.abc import Iterator

from scripts.deploy.asking import ask
from scripts.deploy.findings import Finding
from scripts.deploy.preflight.verdicts import doubt, good, refusal
from scripts.deploy.site import Site

GIB = 1024**3
MEMORY_REFUSED = 1.7 * GIB  # a server sold as 2 GB shows a little less
MEMORY_DOUBTED = 3.4 * GIB
DISK_FREE_BYTES = 5 * GIB
DISK_FREE_SHARE = 0.2
_HIGHEST_PORT = 65_535


def memory(_site: Site) -> Iterator[Finding]:
    pages, page_bytes = (ask("getconf", name).output for name in ("_PHYS_PAGES", "PAGE_SIZE"))
    try:
        total = int(pages) * int(page_bytes)
    except ValueError:
        yield doubt(
            "memory", "The size of the memory could not be read.", advice="free -h shows it."
        )
        return
    size = f"{total / GIB:.1f} GB"
    if total < MEMORY_REFUSED:
        yield refusal(
            "memory",
            f"The machine has {size} of memory.",
            why="Database, two colours of the shop during a deploy, and nginx need 2 GB.",
            advice="Take a server with 4 GB.",
        )
    elif total < MEMORY_DOUBTED:
        yield doubt(
            "memory",
            f"The machine has {size} of memory; 4 GB are advised.",
            why="With less a deploy under load can be ended for want of memory.",
            advice="Add memory, or set WEB_CONCURRENCY=2 in .env.prod.",
        )
    else:
        yield good("memory", size)


def disk(site: Site) -> Iterator[Finding]:
    rooms = room(site)
    yield from (_disk(folder, total, free) for folder, total, free in rooms)
    if not rooms:
        yield doubt("disk", "The room on the disk could not be read.", advice="df -h shows it.")


def room(site: Site) -> list[tuple[str, int, int]]:
    """Return folder, size and free bytes of each disk that the shop is on."""
    said = ask("docker", "info", "--format", "{{.DockerRootDir}}")
    folders = [str(site.root), *([said.output.strip()] if said.is_good else [])]
    disks: dict[str, tuple[str, int, int]] = {}
    for folder in folders:
        row = ask("df", "--block-size=1", "--output=source,size,avail", folder)
        fields = row.output.splitlines()[-1].split() if row.is_good else []
        if len(fields) == 3:  # noqa: PLR2004 - as many as asked for
            disks.setdefault(fields[0], (folder, int(fields[1]), int(fields[2])))
    return list(disks.values())


def _disk(folder: str, total: int, free: int) -> Finding:
    share = free / total if total else 0
    what = f"{free / GIB:.1f} GB free, {share:.0%}"
    if free >= DISK_FREE_BYTES and share >= DISK_FREE_SHARE:
        return good("disk", f"{what} ({folder})")
    return refusal(
        "disk",
        f"The disk has {what}; {DISK_FREE_BYTES // GIB} GB and {DISK_FREE_SHARE:.0%} must be.",
        where=folder,
        why="A full disk stops the database, and a deploy needs room for a backup and an image.",
        advice="docker image prune --all, shorter retention of backups, or a larger disk.",
    )


def clock(_site: Site) -> Iterator[Finding]:
    said = ask("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if not said.is_good:
        yield doubt(
            "clock",
            "Whether the clock is set by the network cannot be told (no timedatectl).",
            advice="See that something sets it; PREFLIGHT_SKIP=clock in .env.prod ends this line.",
        )
    elif said.output.strip() != "yes":
        yield refusal(
            "clock",
            "The clock is not set by the network.",
            why="With a wrong clock certificates are refused, and sign-ins end early or late.",
            advice="timedatectl set-ntp true, or apt-get install systemd-timesyncd (or chrony).",
        )
    else:
        yield good("clock", "set by the network")


def ports(site: Site) -> Iterator[Finding]:
    for name, usual in (("BIND_HTTP", "80"), ("BIND_HTTPS", "443")):
        address, port = endpoint(site.setting(name, usual))
        if not 0 < port <= _HIGHEST_PORT:
            yield refusal(
                "ports",
                f"{name} is {site.setting(name)!r}, which is no port.",
                where=".env.prod",
                why="nginx is published there.",
                advice=f"{name}={usual}, or an address with it such as 127.0.0.1:{usual}",
            )
        else:
            yield _port(site, address, port)


def endpoint(text: str) -> tuple[str, int]:
    """Return address and port of what BIND_HTTP or BIND_HTTPS says; port 0 if it is none."""
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port) if port.isdecimal() else 0


def _port(site: Site, address: str, port: int) -> Finding:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return _taken(site, address, port, error)
    return good("ports", f"{port} is free")


def _taken(site: Site, address: str, port: int, error: OSError) -> Finding:
    place = f"{address or 'every address'}, port {port}"
    if error.errno == errno.EACCES:
        return refusal(
            "ports",
            f"Port {port} cannot be tried without being root.",
            where=place,
            why="The ports below 1024 are root's.",
            advice="Run scripts/deploy.sh as root.",
        )
    if error.errno != errno.EADDRINUSE:
        return refusal(
            "ports",
            f"Nothing can listen there: {error.strerror}.",
            where=place,
            why="nginx is published there.",
            advice="Put an address of this machine into BIND_HTTP and BIND_HTTPS, or none.",
        )
    if _is_ours(site, port):
        return good("ports", f"{port} is this shop's nginx")
    return refusal(
        "ports",
        f"Port {port} is taken by {_listener(port)}.",
        where=place,
        why="nginx cannot start where another program listens.",
        advice="Stop and disable that program (such as systemctl disable --now apache2).",
    )


def _is_ours(site: Site, port: int) -> bool:
    project = f"label=com.docker.compose.project={site.project}"
    service = "label=com.docker.compose.service=nginx"
    form = "{{.Ports}}"
    said = ask("docker", "ps", "--filter", project, "--filter", service, "--format", form)
    return said.is_good and re.search(rf":{port}->", said.output) is not None


def _listener(port: int) -> str:
    said = ask("ss", "--listening", "--tcp", "--processes", "--no-header", f"sport = :{port}")
    process = re.search(r'\(\("([^"]+)",pid=(\d+)', said.output)
    return f"{process[1]} (process {process[2]})" if process else "another program"
