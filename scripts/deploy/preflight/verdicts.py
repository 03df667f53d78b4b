"""The words of a check."""

from collections.abc import Callable, Iterator

from scripts.deploy.findings import Finding, Level
from scripts.deploy.site import Site

Check = Callable[[Site], Iterator[Finding]]


def good(check: str, what: str) -> Finding:
    return Finding(level=Level.GREEN, check=check, what=what)


def doubt(check: str, what: str, *, where: str = "", why: str = "", advice: str) -> Finding:
    """Return a warning: the shop can run, but somebody should know."""
    return Finding(level=Level.AMBER, check=check, what=what, where=where, why=why, advice=advice)


def refusal(check: str, what: str, *, where: str = "", why: str, advice: str) -> Finding:
    """Return what has to be put right first."""
    return Finding(level=Level.RED, check=check, what=what, where=where, why=why, advice=advice)
