"""The services of the stack, as the compose file and the state want them."""

from scripts.deploy import state as states
from scripts.deploy import terminal
from scripts.deploy.compose import Compose
from scripts.deploy.containers import await_healthy, inspect
from scripts.deploy.rollout import checks
from scripts.deploy.site import COLORS, Site
from scripts.deploy.state import Release, State

STORES = ("db", "redis-cache", "redis-state")
HEALTHY_SECONDS = 180.0


def are_up(compose: Compose, *services: str) -> bool:
    """Tell whether services are healthy and made of the compose file as it is now. Raises Stop."""
    found = [inspect(compose, name) for name in services]
    return all(one and one.is_healthy for one in found) and compose.are_current(*services)


def bring_up(compose: Compose, *services: str) -> None:
    """Start services, or make them anew where the compose file changed. Raises Stop."""
    compose.up(*services)
    await_healthy(compose, *services, seconds=HEALTHY_SECONDS)


def start_first(site: Site, release: Release) -> None:
    """Start the first release that this installation serves, and write that down. Raises Stop."""
    color = COLORS[0]
    compose = Compose(site, release)
    bring_up(compose, f"web-{color}")
    checks.smoke_test(site, compose, color)
    names = Release.__dataclass_fields__
    fields = {name: getattr(release, name) for name in names}
    states.save(site, State(**fields, color=color))


def prepare_volumes(compose: Compose) -> None:
    """Give each volume to the account that writes there. Raises Stop."""
    compose.tool("volumes")


def publish_static(compose: Compose) -> None:
    """Copy the release's static files to where nginx serves them. Raises Stop."""
    terminal.progress(compose.tool("static").stdout.strip())
