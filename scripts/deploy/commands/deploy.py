"""`deploy`: from the release that runs to another."""

import argparse

from scripts.deploy import nested, terminal
from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rollout import checks, images
from scripts.deploy.rollout.sequence import Plan, roll_out, straighten
from scripts.deploy.site import Site
from scripts.deploy.state import Release, State

# What serves all releases; replacing it interrupts the shop for a moment, so that is asked for.
UNTOUCHED = ("db", "redis-cache", "redis-state", "nginx", "certbot")
HELP = (
    "Build a release, try it beside the one that runs, then switch to it without an interruption."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", nargs="?", default="HEAD", help="what git calls it (HEAD)")
    parser.add_argument("--image", help="an image that is on this server, instead of building one")
    parser.add_argument("--fresh", action="store_true", help="build every layer anew")
    parser.add_argument("--skip-backup", action="store_true", help="do not back up first")
    parser.add_argument("--skip-preflight", action="store_true", help="do not examine the server")
    parser.add_argument(
        "--watch", type=float, default=30.0, metavar="SECONDS", help="after the switch (30)"
    )


def changes(options: argparse.Namespace) -> bool:  # noqa: ARG001
    return True


def run(site: Site, options: argparse.Namespace) -> int:
    if options.dry_run:
        return _explain(site, options)
    state = straighten(site)
    if nested.exists("preflight") and not options.skip_preflight:
        nested.call(site, "preflight", hint="--skip-preflight goes on regardless")
    target = _target(site, state, options)
    if target.image == state.image and not options.image and not options.fresh:
        terminal.say(f"{target.release} runs already.")
        return Code.DONE
    target = checks.with_contracts(site, target, like=state)
    if nested.exists("backup") and not options.skip_backup:
        nested.call(site, "backup", "run", hint="--skip-backup goes on without one")
    state = roll_out(site, state, target, Plan(watch_seconds=options.watch))
    images.forget_old(site, state)
    compose = Compose(site)
    behind = [service for service in UNTOUCHED if not compose.are_current(service)]
    if behind:
        terminal.warn(f"init makes {', '.join(behind)} anew, as docker-compose says since.")
    terminal.say(f"{state.release} is served by web-{state.color}.")
    terminal.result({"release": state.release, "color": state.color, "image": state.image})
    return Code.DONE


def _target(site: Site, state: State, options: argparse.Namespace) -> Release:
    if options.image:
        return images.adopt(site, options.image, backup_image=state.backup_image)
    release, _ = images.name_of(site, options.ref)
    with terminal.step(f"Building {release}"):
        return images.build(site, options.ref, fresh=options.fresh)


def _explain(site: Site, options: argparse.Namespace) -> int:
    from scripts.deploy import state as states  # noqa: PLC0415

    state = states.load(site)
    if state is None:
        raise Stop("nothing runs here yet", Code.REFUSED, hint="scripts/deploy.sh init starts it")
    release = options.image or images.name_of(site, options.ref)[0]
    idle = state.idle_color
    for line in (
        f"release {state.release} on web-{state.color} would become {release} on web-{idle}:",
        "examine the server" if not options.skip_preflight else "",
        f"build {release} from git" if not options.image else f"use the image {release}",
        "back up" if not options.skip_backup else "",
        "migrate the database, publish static files",
        f"start web-{idle}, wait until it is healthy, ask it what customers ask",
        f"send requests to web-{idle}, watch it for {options.watch:.0f} s",
        f"replace the worker and the scheduler, drain and stop web-{state.color}",
    ):
        if line:
            terminal.say(line)
    return Code.DONE
