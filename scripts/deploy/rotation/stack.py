"""The services that read secrets, started anew so that no request fails."""

from dataclasses import replace
from typing import Protocol

from scripts.deploy import state as states
from scripts.deploy import terminal
from scripts.deploy.compose import Compose
from scripts.deploy.containers import await_healthy
from scripts.deploy.doctor.access import access
from scripts.deploy.doctor.psql import Psql
from scripts.deploy.outcome import Stop
from scripts.deploy.rollout.sequence import Plan, roll_out, straighten
from scripts.deploy.rollout.settle import HEALTHY_SECONDS, JOBS
from scripts.deploy.site import Site

_WATCH_SECONDS = 5.0


class Stack(Protocol):
    """What a rotation needs of the installation."""

    def restart_shop(self) -> None:
        """Start everything anew that runs the shop's code. Raises Stop."""

    def restart(self, *services: str) -> None:
        """Start other services anew, which may cost a moment. Raises Stop."""

    def reseal(self) -> None:
        """Seal what the database holds sealed under the key that the files name. Raises Stop."""

    def psql(self) -> Psql:
        """Return how to ask PostgreSQL as postgres. Raises Stop for a managed one."""


class RunningStack:
    """The containers of this installation."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def restart_shop(self) -> None:
        """Roll the release that runs out over itself: the idle colour reads the new files."""
        old = straighten(self.site)
        roll_out(self.site, old, old.current, Plan(migrate=False, watch_seconds=_WATCH_SECONDS))
        running = states.load(self.site)
        if running is not None:  # `rollback` shall still lead to the release before this one
            states.save(self.site, replace(running, previous=old.previous))
        compose = Compose(self.site)
        with terminal.step(f"Starting {' and '.join(JOBS)} anew"):
            compose.up(*JOBS, recreate=True)
            await_healthy(compose, *JOBS, seconds=HEALTHY_SECONDS)

    def restart(self, *services: str) -> None:
        compose = Compose(self.site)
        with terminal.step(f"Starting {' and '.join(services)} anew"):
            compose.up(*services, recreate=True)
            await_healthy(compose, *services, seconds=HEALTHY_SECONDS)

    def reseal(self) -> None:
        # In a container of its own, which reads the files as they are now.
        with terminal.step("Sealing second factors under the present key"):
            Compose(self.site).tool("migrate", "python", "manage.py", "reseal_second_factors")

    def psql(self) -> Psql:
        psql, is_managed = access(Compose(self.site))
        if is_managed:
            raise Stop(
                "the database is a managed one",
                hint="Change it there, write the new URL into .production/secrets, and deploy.",
            )
        return psql
