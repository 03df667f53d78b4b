"""The steps from the release that runs to another, each of which can be taken back.

Until nginx is told, nobody notices anything; a note in state.json says how far a run came, for the
run after one that was killed.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from scripts.deploy import nginx_files, terminal
from scripts.deploy import state as states
from scripts.deploy.compose import Compose
from scripts.deploy.containers import await_healthy
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rollout import checks, proxy, watch
from scripts.deploy.rollout.settle import HEALTHY_SECONDS, run_jobs, settle
from scripts.deploy.site import Site
from scripts.deploy.state import Release, State

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Plan:
    """What a rollout does besides switching. `watch_seconds` is how long it looks on after it."""

    migrate: bool = True
    watch_seconds: float = 30.0


def straighten(site: Site) -> State:
    """Put right what a run that was killed left, and return what runs.

    Raises Stop when nothing does yet.
    """
    state = states.load(site)
    if state is None:
        raise Stop("nothing runs here yet", Code.REFUSED, hint="scripts/deploy.sh init starts it")
    if state.in_progress:
        terminal.warn(
            f"A run that rolled out {state.in_progress.get('release')} did not end;"
            f" {state.release} is served again first."
        )
        settle(site, state)
        state = state.with_note(None)
    return state


def roll_out(site: Site, old: State, target: Release, plan: Plan) -> State:
    """Replace the release that runs by another.

    Raises Stop: before the switch with code 1, after it with 5; either way the old release serves.
    """
    compose = Compose(site, target)
    _note(site, old, target, phase="starting")
    code = Code.FAILED
    try:
        _prepare(site, compose, old, target, plan)
        code = Code.TAKEN_BACK
        _note(site, old, target, phase="switched")
        _switch(site, compose, old, target, plan)
    except BaseException as error:
        _take_back(site, old, code, error)
        raise _explained(error, old, code) from error
    new = State(**asdict(target), color=old.idle_color, previous=old.current)
    with _uninterrupted():
        _note(site, new, target, phase="finishing")
        settle(site, new)
    return new


def _prepare(site: Site, compose: Compose, old: State, target: Release, plan: Plan) -> None:
    service = f"web-{old.idle_color}"
    # The same migrations are applied already; if they were not, it would not become healthy.
    if plan.migrate and not (target.schema and target.schema == old.schema):
        with terminal.step("Migrating the database"):
            checks.migrate(compose)
    if not nginx_files.are_current(site, color=old.color):
        with terminal.step("Bringing nginx's configuration up to date"):
            nginx_files.renew(site, Compose(site, old), color=old.color)
    with terminal.step("Publishing static files"):
        terminal.progress(compose.tool("static").stdout.strip())
    with terminal.step(f"Starting {service}"):
        compose.up(service, recreate=True)
        await_healthy(compose, service, seconds=HEALTHY_SECONDS)
    with terminal.step(f"Asking {service} what customers ask"):
        checks.smoke_test(site, compose, old.idle_color)


def _switch(site: Site, compose: Compose, old: State, target: Release, plan: Plan) -> None:
    color, half = old.idle_color, plan.watch_seconds / 2
    service = f"web-{color}"
    before = watch.answers(compose, service) or watch.Answers(0, 0)
    with terminal.step(f"Sending {service} what only looks"):
        proxy.point_at(site, compose, color, fallback=old.color, writes=old.color)
    with terminal.step(f"Watching {service} for {half:.0f} s"):
        watch.watch(compose, service, before, seconds=half)
    with terminal.step(f"Sending {service} everything"):
        proxy.point_at(site, compose, color, fallback=old.color)
    with terminal.step(f"Watching {service} for {half:.0f} s"):
        watch.watch(compose, service, before, seconds=half)
    run_jobs(compose, target)


def _take_back(site: Site, old: State, code: Code, error: BaseException) -> None:
    with _uninterrupted():
        reason = str(error).splitlines()[0] if str(error) else "it was stopped by a signal"
        terminal.warn(
            f"{reason}; {old.release} stays." if code == Code.FAILED else f"{reason}; going back."
        )
        try:
            settle(site, old)
        except Stop as stop:
            raise Stop(
                f"{reason}, and going back to {old.release} failed too: {stop.message}",
                Code.NEEDS_A_HAND,
                hint="scripts/deploy.sh status shows what runs; deploy or rollback tries again",
            ) from error


def _explained(error: BaseException, old: State, code: Code) -> BaseException:
    """Return what the run ends with: a failure of our own steps, or one that nobody foresaw."""
    if isinstance(error, Stop):
        said = f"{error.message}\n  {old.release} is served as before."
        return Stop(said, code if error.code == Code.FAILED else error.code, hint=error.hint)
    if isinstance(error, KeyboardInterrupt):
        return Stop(f"stopped by a signal; {old.release} is served as before", code)
    return error


def _note(site: Site, state: State, target: Release, *, phase: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    states.save(site, state.with_note({"release": target.release, "phase": phase, "since": since}))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let no signal end what must be finished; it takes less than two minutes."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
