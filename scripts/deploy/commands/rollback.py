"""`rollback`: back to the release before."""

import argparse

from scripts.deploy import state as states
from scripts.deploy import terminal
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rollout import checks, images
from scripts.deploy.rollout.sequence import Plan, roll_out, straighten
from scripts.deploy.site import Site
from scripts.deploy.state import Release, State

HELP = "Go back to the release before, or to another whose image is still on this server."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("release", nargs="?", help="which one (the one before)")
    parser.add_argument(
        "--force",
        action="store_true",
        help="even if the database has lost what that release uses",
    )
    parser.add_argument(
        "--watch", type=float, default=10.0, metavar="SECONDS", help="after the switch (10)"
    )


def changes(options: argparse.Namespace) -> bool:  # noqa: ARG001
    return True


def run(site: Site, options: argparse.Namespace) -> int:
    state = states.load(site) if options.dry_run else straighten(site)
    if state is None:
        raise Stop("nothing runs here yet", Code.REFUSED, hint="scripts/deploy.sh init starts it")
    target = _target(site, state, options.release)
    refuse_contracted(state, target, is_forced=options.force)
    if options.dry_run:
        terminal.say(f"{state.release} would be replaced by {target.release}.")
        return Code.DONE
    state = roll_out(site, state, target, Plan(migrate=False, watch_seconds=options.watch))
    terminal.say(f"{state.release} is served by web-{state.color}.")
    terminal.result({"release": state.release, "color": state.color, "image": state.image})
    return Code.DONE


def _target(site: Site, state: State, release: str | None) -> Release:
    """Return what to go back to. Raises Stop when there is nothing, or its image is gone."""
    before = state.previous
    if release is None and before is None:
        raise Stop("there is no release before this one", Code.REFUSED)
    if before is not None and release in {None, before.release}:
        target = before
    else:
        name = release or ""
        target = Release(
            release=name,
            image=images.tag(site, "web", name),
            backup_image=state.backup_image,
        )
    if not images.exists(target.image):
        hint = f"scripts/deploy.sh deploy {target.release} builds it again"
        raise Stop(f"the image {target.image} is gone", Code.REFUSED, hint=hint)
    return target if target is before else checks.with_contracts(site, target)


def refuse_contracted(state: State, target: Release, *, is_forced: bool) -> None:
    """Raises Stop for a release that uses what a migration since has taken away."""
    lost = sorted(set(state.contracts) - set(target.contracts))
    if lost and not is_forced:
        raise Stop(
            f"{target.release} uses what {', '.join(lost)} has taken away",
            Code.REFUSED,
            hint="deploy a release that mends the fault; --force goes back regardless",
        )
