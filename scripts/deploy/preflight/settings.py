"""Whether .env.prod is complete and holds what the shop knows."""

import difflib
import re
from collections.abc import Iterator

from scripts.deploy.findings import Finding
from scripts.deploy.outcome import Stop
from scripts.deploy.preflight.verdicts import doubt, good, refusal
from scripts.deploy.site import Site

REQUIRED = {
    "DOMAIN": "the name that people reach the shop by, such as shop.example",
    "ACME_EMAIL": "an address that the certificate authority may write to",
}
# What is read by these scripts alone, and so stands in no example.
OWN = {"COMPOSE_PROJECT_NAME", "PREFLIGHT_SKIP", "NEXUS_BACKUP_IMAGE", "DATABASE_URL_OWNER"}
_PLACEHOLDER = re.compile(
    r"change.?me|your.?(domain|name|email|shop)|^x+$|todo|placeholder|[<>]"
    r"|(^|[.@])example\.(com|net|org)$",
    re.IGNORECASE,
)
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"({_LABEL}\.)+(?!\d+$){_LABEL}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SECRET_NAMES = re.compile(r"(_KEY|_PASSWORD|_SECRET|_TOKEN)$|^(DATABASE|REDIS\w*)_URL$")


def settings(site: Site) -> Iterator[Finding]:
    try:
        given = site.settings
    except Stop as stop:
        yield refusal(
            "settings",
            stop.message + ".",
            where=".env.prod",
            why="Without it nothing says what this shop is.",
            advice=stop.hint or "Write that line as KEY=value, or KEY='value' with odd characters.",
        )
        return
    findings = [
        *_missing(given),
        *_placeholders(given),
        *_forms(given),
        *_secrets(given),
        *_unknown(given, _known(site)),
    ]
    yield from findings or [good("settings", f"{len(given)} in .env.prod")]


def _missing(given: dict[str, str]) -> Iterator[Finding]:
    for name, meaning in REQUIRED.items():
        if not given.get(name):
            yield _wrong(f"{name} is not set.", f"{name}= and {meaning}")


def _placeholders(given: dict[str, str]) -> Iterator[Finding]:
    for name, value in given.items():
        if value and _PLACEHOLDER.search(value):
            yield _wrong(f"{name} still holds a placeholder ({value}).", f"{name}= and its value")


def _forms(given: dict[str, str]) -> Iterator[Finding]:
    domain = given.get("DOMAIN", "")
    if domain and not _DOMAIN.fullmatch(domain):
        example = "DOMAIN=shop.example, in small letters, without https:// and without a path"
        yield _wrong(f"DOMAIN is {domain!r}, which is no name of a host.", example)
    address = given.get("ACME_EMAIL", "")
    if address and not _EMAIL.fullmatch(address):
        yield _wrong(f"ACME_EMAIL is {address!r}, which is no address.", "ACME_EMAIL=you@…")


def _secrets(given: dict[str, str]) -> Iterator[Finding]:
    for name, value in given.items():
        if value and _SECRET_NAMES.search(name):
            yield refusal(
                "settings",
                f"{name} is set in .env.prod, where secrets do not belong.",
                where=".env.prod",
                why="The file may be read by all, and the shop refuses a setting given twice.",
                advice=f"Put it into .production/secrets/{name.lower()} and remove the line.",
            )


def _unknown(given: dict[str, str], known: set[str]) -> Iterator[Finding]:
    for name in given:
        if known and name not in known and not _SECRET_NAMES.search(name):
            close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.7)
            advice = f"Did you mean {close[0]}?" if close else "docs/configuration.md has them all."
            what = f"{name} is not a setting of the shop."
            if name.startswith("SHOP_"):
                yield _wrong(what, advice)
            else:
                yield doubt("settings", what, where=".env.prod", advice=advice)


def _known(site: Site) -> set[str]:
    """Return every name that the example, the compose file or the guide has."""
    names = set(OWN)
    for path, pattern in (
        (site.root / ".env.prod.example", r"^#?\s?([A-Z][A-Z0-9_]+)="),
        (site.compose_file, r"\$\{([A-Z][A-Z0-9_]+)"),
        (site.root / "docs" / "configuration.md", r"`([A-Z][A-Z0-9_]+)`"),
    ):
        if path.exists():
            names |= set(re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE))
    return names if len(names) > len(OWN) else set()


def _wrong(what: str, advice: str) -> Finding:
    return refusal(
        "settings",
        what,
        where=".env.prod",
        why="The shop does not start with it, or starts as another than it should be.",
        advice=advice,
    )
