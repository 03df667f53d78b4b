"""All checks, in the order in which a person would put things right."""

from collections.abc import Collection

from scripts.deploy.findings import Finding, Level
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.preflight import domain, machine, networks, secret_files, settings, stack, tools
from scripts.deploy.preflight.verdicts import Check
from scripts.deploy.site import Site

MACHINE: dict[str, Check] = {
    "architecture": tools.architecture,
    "python": tools.python,
    "git": tools.git,
    "docker": tools.docker,
    "compose": tools.compose,
    "memory": machine.memory,
    "disk": machine.disk,
    "clock": machine.clock,
}
INSTALLATION: dict[str, Check] = {
    "settings": settings.settings,
    "secrets": secret_files.secrets,
    "ports": machine.ports,
    "networks": networks.networks,
    "dns": domain.dns,
    "stack": stack.stack,
    "shop": stack.shop,
}
CHECKS = MACHINE | INSTALLATION
# Without the settings the others would say the same again, in worse words.
_NEED_SETTINGS = {"ports", "networks", "dns", "stack", "shop"}


def examine(site: Site, *, skip: Collection[str] = ()) -> list[Finding]:
    """Return what each check found: one green line, or what is doubted or refused."""
    skipped = {*skip, *_skipped_by_operator(site)}
    found: list[Finding] = []
    for name, check in CHECKS.items():
        if name in skipped or (name in _NEED_SETTINGS and not _has_settings(site)):
            continue
        found += check(site)
    return found


def require(site: Site, *, skip: Collection[str] = ()) -> list[Finding]:
    """Return what may be doubted, in the way a deploy or `init` asks before it changes anything.

    Raises Stop with code 3 that names everything refused.
    """
    found = examine(site, skip=skip)
    refused = [finding for finding in found if finding.level is Level.RED]
    if refused:
        lines = "\n  ".join(f"{finding.check}: {finding.what}" for finding in refused)
        raise Stop(
            f"this machine is not ready:\n  {lines}",
            Code.REFUSED,
            hint="scripts/deploy.sh preflight says why, and what to do",
        )
    return [finding for finding in found if finding.level is Level.AMBER]


def _skipped_by_operator(site: Site) -> set[str]:
    if not _has_settings(site):
        return set()
    return {name.strip() for name in site.setting("PREFLIGHT_SKIP").split(",") if name.strip()}


def _has_settings(site: Site) -> bool:
    try:
        return bool(site.settings)
    except Stop:
        return False
