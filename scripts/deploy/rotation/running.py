"""Doing the steps, and going on where a run was stopped."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.deploy import terminal
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rotation.recipes import Rotation, Step
from scripts.deploy.site import Site, write_atomically


def note_of(site: Site) -> Path:
    return site.production / "rotation.json"


def under_way(site: Site) -> dict[str, Any] | None:
    """Return what is known of a rotation that was stopped, None when none was."""
    try:
        note: dict[str, Any] = json.loads(note_of(site).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise Stop(f"{note_of(site)} cannot be used: {error}", Code.NEEDS_A_HAND) from error
    return note


def remaining(site: Site, rotation: Rotation) -> Sequence[Step]:
    """Return the steps that are still to do. Raises Stop while another secret is half changed."""
    note = under_way(site)
    if note is None:
        return rotation.steps()
    if note["secret"] != rotation.secret:
        raise Stop(
            f"the change of {note['secret']} was stopped half-way",
            Code.REFUSED,
            hint=f"First: scripts/deploy.sh secrets rotate {note['secret']}",
        )
    rotation.at_once = note["at_once"]
    return [step for step in rotation.steps() if step.name not in note["done"]]


def rotate(site: Site, rotation: Rotation) -> None:
    """Change a secret. Raises Stop; the old one is good until the run that ends well."""
    steps = remaining(site, rotation)
    done = list((under_way(site) or {}).get("done", []))
    for number, step in enumerate(steps, start=1):
        terminal.say(f"[{number}/{len(steps)}] {step.name}")
        try:
            step.do()
        except Stop as stop:
            again = f"Then scripts/deploy.sh secrets rotate {rotation.secret} goes on from here."
            raise Stop(
                f"{step.name}: {stop.message}", stop.code, hint=f"{stop.hint} {again}".strip()
            ) from stop
        done.append(step.name)
        note = {"secret": rotation.secret, "at_once": rotation.at_once, "done": done}
        write_atomically(note_of(site), json.dumps(note) + "\n", mode=0o600)
    note_of(site).unlink(missing_ok=True)
