"""A machine out of namespaces: its own network, processes and mounts, over this machine's files.

What runs in it sees this machine's programs and this checkout, but what it writes to /etc, /run,
/var or the checkout ends with it, and so does every process it started, however detached.
"""

import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[3]
DEADLINE_SECONDS = 20
NAMESPACES = ("--net", "--mount", "--pid", "--ipc", "--uts")

# When the standard input of the first process closes, because the tests are gone, it ends and with
# it everything on the machine.
_BOOT = f"""
set -e
scratch=/mnt
mount -t tmpfs none "$scratch"
cover() {{
  mkdir -p "$scratch/$1/upper" "$scratch/$1/work"
  mount -t overlay -o "lowerdir=$2,upperdir=$scratch/$1/upper,workdir=$scratch/$1/work" none "$2"
}}
cover etc /etc
cover var-lib /var/lib
mkdir -p /var/lib/docker
mount -t tmpfs none /var/lib/docker
cover checkout {ROOT}
mount -t tmpfs none /run
mkdir /run/fail2ban /run/sshd
mount -t tmpfs none /var/log
mkdir "$scratch/cgroup"
mount --rbind /sys/fs/cgroup "$scratch/cgroup"
mount -t sysfs none /sys
mount --rbind "$scratch/cgroup" /sys/fs/cgroup
ip link set lo up
# No name server answers here, and some programs would wait for it.
echo "127.0.0.1 localhost $(hostname)" >/etc/hosts
: >/etc/resolv.conf
echo ready
read -r _ || true
"""


class Machine:
    """A machine; used with `with`. `run` and `start` are what happens on it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._started: list[subprocess.Popen[bytes]] = []
        apart = ["unshare", *NAMESPACES, "--fork", "--kill-child", "--mount-proc"]
        self._unshare = subprocess.Popen(
            [*apart, "sh", "-c", f"hostname {name}\n{_BOOT}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._unshare.stdout is not None
        if self._unshare.stdout.readline() != b"ready\n":
            raise RuntimeError(f"{name} did not start")
        children = Path(f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children")
        self.init = int(children.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._unshare.kill()  # --kill-child: init goes with it, and the kernel ends the rest
        for process in (self._unshare, *self._started):
            process.communicate(timeout=DEADLINE_SECONDS)

    def entering(self, *command: str) -> list[str]:
        """Return the command that runs this command on the machine."""
        # Not --wd, which would be this machine's folder and not what is mounted over it there.
        there = ["env", f"--chdir={ROOT}"]
        return ["nsenter", f"--target={self.init}", *NAMESPACES, *there, *command]

    def run(
        self, *command: str, check: bool = True, stdin: str = "", timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end. `timeout` is in seconds."""
        ended = subprocess.run(
            self.entering(*command),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and ended.returncode:
            raise AssertionError(
                f"{' '.join(command)}: {ended.returncode}\n{ended.stderr}{ended.stdout}"
            )
        return ended

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command that lives as long as the machine, unless it is ended before."""
        process = subprocess.Popen(
            self.entering(*command), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._started.append(process)
        return process

    def write(self, path: str | Path, content: str) -> None:
        """Put a file on the machine."""
        self.run(
            "sh", "-c", 'mkdir -p "$(dirname "$1")"; cat > "$1"', "sh", str(path), stdin=content
        )

    def read(self, path: str | Path) -> str:
        """Return a file of the machine."""
        return self.run("cat", str(path)).stdout

    def ip(self, *arguments: str) -> None:
        """Run ip in the machine's network, with the process ids of this machine."""
        subprocess.run(["nsenter", f"--net=/proc/{self.init}/ns/net", "ip", *arguments], check=True)


def connect(left: Machine, left_end: str, right: Machine, right_end: str) -> None:
    """Lay a cable between two machines; both ends are up."""
    right_side = ["name", right_end, "netns", str(right.init)]
    left.ip("link", "add", left_end, "type", "veth", "peer", *right_side)
    left.ip("link", "set", left_end, "up")
    right.ip("link", "set", right_end, "up")


def eventually(holds: Callable[[], bool], *, seconds: float = DEADLINE_SECONDS) -> float:
    """Wait until something holds and return how long it took, in seconds."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"still not so after {seconds} s")
        select.select([], [], [], 0.05)
    return time.monotonic() - begun


@contextmanager
def machines(*names: str) -> Iterator[list[Machine]]:
    """Start machines and end them, also when starting one of them fails."""
    running: list[Machine] = []
    try:
        running.extend(Machine(name) for name in names)
        yield running
    finally:
        for machine in running:
            machine.__exit__(None, None, None)
