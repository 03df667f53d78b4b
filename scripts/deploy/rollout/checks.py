"""What a release must show before anybody is sent to it, and what it brings for the database."""

import json
from dataclasses import replace

from scripts.deploy import edge, terminal
from scripts.deploy.compose import Compose
from scripts.deploy.inside import program
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site
from scripts.deploy.state import Release

SMOKE_SECONDS = 120.0
SCHEMA_SECONDS = 120.0


def smoke_test(site: Site, compose: Compose, color: str) -> None:
    """Ask the web server of a colour what customers would, past nginx.

    Raises Stop with the question whose answer was not as it must be.
    """
    service = f"web-{color}"
    # Over the edge network, where the shop believes what is said of HTTPS.
    address = f"{edge.address(site, color)}:{edge.PORT}"
    host = site.setting("DOMAIN")
    command = ["python", "-S", "-c", program("smoke"), address, host]
    ended = compose.exec(service, *command, check=False, timeout=SMOKE_SECONDS)
    if ended.returncode:
        said = (ended.stderr.strip() or ended.stdout.strip()).splitlines()
        raise Stop(f"{service} failed the smoke test: {said[-1] if said else 'it said nothing'}")
    terminal.progress(f"{len(ended.stdout.splitlines())} questions answered as they must be")


def migrate(compose: Compose) -> None:
    """Bring the tables up to date, as the schema's owner.

    Raises Stop; what was applied until then is for the running release to live with.
    """
    ended = compose.tool("migrate", check=False)
    said = [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()]
    for line in said[-20:]:
        terminal.progress(line[:200])
    if ended.returncode:
        raise Stop(
            f"the migrations ended with code {ended.returncode}",
            Code.NEEDS_A_HAND if ended.returncode == Code.NEEDS_A_HAND else Code.FAILED,
            hint="scripts/deploy.sh migrate plan shows what is pending",
        )


def with_contracts(site: Site, release: Release, *, like: Release | None = None) -> Release:
    """Return the release with those of its migrations that contract.

    They are known without looking when it has the migrations of `like`. Raises Stop.
    """
    if like is not None and release.schema and release.schema == like.schema:
        return replace(release, contracts=like.contracts)
    command = ["python", "-c", program("contracts")]
    with terminal.step("Reading its migrations"):
        ended = Compose(site, release).tool("migrate", *command, timeout=SCHEMA_SECONDS)
    return replace(release, contracts=json.loads(ended.stdout.strip().splitlines()[-1]))
