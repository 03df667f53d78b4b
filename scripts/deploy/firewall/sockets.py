"""Who listens on this host, as the kernel tells (proc_net_tcp in its documentation)."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

PROC = Path("/proc")
_LISTENING = "0A"


@dataclass(frozen=True)
class Listener:
    """A TCP socket that waits for connections."""

    address: IPv4Address | IPv6Address
    port: int
    inode: str

    @property
    def is_public(self) -> bool:
        return not self.address.is_loopback


def listeners() -> list[Listener]:
    """Return the listening TCP sockets of this network, both families."""
    found = []
    for table in ("tcp", "tcp6"):
        file = PROC / "self" / "net" / table
        if not file.exists():  # a kernel without IPv6
            continue
        for line in file.read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == _LISTENING:
                address, port = local.split(":")
                found.append(Listener(_address(address), int(port, 16), inode=rest[5]))
    return found


def ports_of(program: str) -> set[int]:
    """Return the ports on which processes of this name listen for others than the host itself."""
    own = _sockets_of(program)
    return {socket.port for socket in listeners() if socket.is_public and socket.inode in own}


def _address(text: str) -> IPv4Address | IPv6Address:
    """The kernel prints words of 32 bits, each in the byte order of the machine."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    packed = b"".join(words)
    return IPv4Address(packed) if len(words) == 1 else IPv6Address(packed)


def _sockets_of(program: str) -> set[str]:
    inodes = set()
    for process in PROC.glob("[0-9]*"):
        try:
            if (process / "comm").read_text().strip() != program:
                continue
            for descriptor in (process / "fd").iterdir():
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    inodes.add(target[8:-1])
        except OSError:  # it ended, or is not ours to look into
            continue
    return inodes
