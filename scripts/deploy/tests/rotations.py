"""Stand-ins for the processes of a shop: they read the secrets when they start, as real ones do."""

from collections.abc import Callable
from dataclasses import dataclass

from scripts.deploy import secret_files
from scripts.deploy.doctor.psql import Psql
from scripts.deploy.outcome import Stop
from scripts.deploy.rotation.recipes import Rotation, Step
from scripts.deploy.site import Site


@dataclass(frozen=True)
class Process:
    """What a process of the shop knows: what it read when it started."""

    secrets: dict[str, str]

    def accepts(self, name: str) -> set[str]:
        return {self.secrets[name], self.secrets[f"{name}_previous"]} - {""}


class Processes:
    """A stack whose processes are read files; `stop_at` makes a restart fail once."""

    def __init__(self, site: Site, psql: Psql | None = None) -> None:
        self.site = site
        self.shops = [self._start()]
        self.redis = [self._start()]
        self.restarted: list[str] = []
        self.resealed_by: list[Process] = []
        self.when_both_run: Callable[[Process, Process], None] = lambda _old, _new: None
        self._psql = psql

    def restart_shop(self) -> None:
        new = self._start()
        self.when_both_run(self.shops[-1], new)  # one colour drains while the other serves
        self.shops.append(new)
        self.restarted.append("shop")

    def restart(self, *services: str) -> None:
        self.redis.append(self._start())
        self.restarted += services

    def reseal(self) -> None:
        self.resealed_by.append(self._start())

    def psql(self) -> Psql:
        assert self._psql is not None
        return self._psql

    def _start(self) -> Process:
        files = sorted(self.site.secrets.iterdir())
        return Process({path.name: secret_files.read(self.site, path.name) for path in files})


def value(site: Site, name: str) -> str:
    return secret_files.read(site, name)


def rotation_that_stops(site: Site, stack: Processes, name: str, *, at: int) -> Rotation:
    """Return a rotation whose nth step does its work and then fails."""

    class Stopping(Rotation):
        def steps(self) -> list[Step]:
            steps = super().steps()
            victim = steps[at]

            def do() -> None:
                victim.do()
                raise Stop("the power went")

            return [*steps[:at], type(victim)(victim.name, do), *steps[at + 1 :]]

    return Stopping(site, stack, name)
