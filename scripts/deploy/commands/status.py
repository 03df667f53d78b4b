"""`status`: how the shop fares, on one screen."""

import argparse

from scripts.deploy import screen, terminal
from scripts.deploy.amounts import now
from scripts.deploy.findings import Level, worst
from scripts.deploy.outcome import Code
from scripts.deploy.site import Site
from scripts.deploy.status.gather import gather
from scripts.deploy.status.parts import Part

HELP = "Show on one screen how the shop fares. Green is exit code 0, amber 10, red 20."
CODES = {Level.GREEN: Code.DONE, Level.AMBER: Code.AMBER, Level.RED: Code.RED}
_VERDICTS = {
    Level.GREEN: "everything is well",
    Level.AMBER: "served, but look at: ",
    Level.RED: "needs you now: ",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` is every command's."""


def run(site: Site, _options: argparse.Namespace) -> int:
    parts = gather(site)
    level = worst(part.level for part in parts)
    _draw(site, parts, level)
    terminal.result({"status": level.label, "parts": {part.name: part.as_json() for part in parts}})
    return CODES[level]


def _draw(site: Site, parts: list[Part], level: Level) -> None:
    title, time = site.setting("DOMAIN", "the shop"), f"{now():%Y-%m-%d %H:%M} UTC"
    gap = max(1, screen.width() - len(title) - len(time))
    terminal.say(screen.bold(title) + " " * gap + screen.dim(time))
    concerned = ", ".join(part.name for part in parts if part.level is level)
    verdict = _VERDICTS[level] + (concerned if level is not Level.GREEN else "")
    terminal.say(screen.paint(f"{level.label.upper()}  {verdict}", level))
    terminal.say()
    for part in parts:
        screen.line(part.level, part.name, part.text)
        screen.cells(part.cells)
