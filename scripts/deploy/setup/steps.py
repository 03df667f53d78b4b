"""Steps that can be run again: what is so already is left alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.deploy import terminal
from scripts.deploy.outcome import Stop


@dataclass(frozen=True)
class Step:
    """A part of the setup. `is_done` looks, `do` acts, `hint` helps whoever sees it fail."""

    name: str
    is_done: Callable[[], bool]
    do: Callable[[], None]
    hint: str = ""


def run(steps: Sequence[Step]) -> int:
    """Do what is not done yet, and return how many steps that were.

    Raises Stop at the first that fails; a later run goes on from there.
    """
    number = 0
    for step in steps:
        if step.is_done():
            terminal.say(f"= {step.name}: as it should be")
            continue
        number += 1
        try:
            with terminal.step(step.name):
                step.do()
        except Stop as stop:
            advice = " ".join(part for part in (stop.hint, step.hint) if part)
            again = "Then run init again; it goes on from here."
            raise Stop(
                f"{step.name}: {stop.message}", stop.code, hint=f"{advice} {again}".strip()
            ) from stop
    return number


def explain(steps: Sequence[Step]) -> None:
    """Say which steps would be done, doing none. What cannot be looked at yet is not done."""
    for step in steps:
        try:
            is_done = step.is_done()
        except Stop:
            is_done = False
        terminal.say(
            f"{'= ' if is_done else '→ '}{step.name}{': as it should be' if is_done else ''}"
        )
