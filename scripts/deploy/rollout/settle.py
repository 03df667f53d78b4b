"""Makes what runs agree with state.json: after a rollout, after a failure, after a killed run."""

from dataclasses import replace

from scripts.deploy import state as states
from scripts.deploy import terminal
from scripts.deploy.compose import Compose
from scripts.deploy.containers import await_healthy, inspect
from scripts.deploy.rollout import proxy
from scripts.deploy.site import Site
from scripts.deploy.state import Release, State

JOBS = ("worker", "scheduler")
HEALTHY_SECONDS = 150.0
DRAIN_SECONDS = 65.0  # longer than nginx lets its old workers live (worker_shutdown_timeout)
STOP_SECONDS = 40  # longer than Gunicorn lets requests finish


def settle(site: Site, state: State) -> None:
    """Serve the state's colour, run its release's jobs, stop the other colour, drop the note.

    Each part is left alone if it is so already. Raises Stop.
    """
    compose = Compose(site, state)
    serve(site, compose, state)
    run_jobs(compose, state)
    stop_idle(compose, state)
    states.save(site, replace(state, in_progress=None))


def serve(site: Site, compose: Compose, state: State) -> None:
    """Let nginx send requests to the state's colour alone, once that is healthy. Raises Stop."""
    service = f"web-{state.color}"
    if not _runs(compose, service, state.image):
        with terminal.step(f"Starting {service} again"):
            compose.up(service)
            await_healthy(compose, service, seconds=HEALTHY_SECONDS)
    if not proxy.points_at(site, state.color):
        with terminal.step(f"Sending requests to {service}"):
            proxy.point_at(site, compose, state.color)


def run_jobs(compose: Compose, release: Release) -> None:
    """Start worker, scheduler and backup of a release in place of another's. Raises Stop."""
    services = [*JOBS, *(["backup"] if release.backup_image else [])]
    stale = [service for service in services if not compose.are_current(service)]
    if stale:
        with terminal.step(f"Starting {', '.join(stale)} of {release.release}"):
            compose.up(*stale)
            await_healthy(compose, *stale, seconds=HEALTHY_SECONDS)


def stop_idle(compose: Compose, state: State) -> None:
    """Stop the colour that is not served, when nginx has no request there any more. Raises Stop."""
    service = f"web-{state.idle_color}"
    if inspect(compose, service) is None:
        return
    with terminal.step(f"Draining and stopping {service}"):
        if not proxy.await_drained(compose, seconds=DRAIN_SECONDS):
            terminal.progress(f"some requests have not ended after {DRAIN_SECONDS:.0f} s")
        compose.stop(service, seconds=STOP_SECONDS)
        compose.run("rm", "--force", service)


def _runs(compose: Compose, service: str, image: str) -> bool:
    found = inspect(compose, service)
    return found is not None and found.is_running and found.image == image
