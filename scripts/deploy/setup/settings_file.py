"""Makes .env.prod of .env.prod.example and what the operator answers."""

import re
import sys
from collections.abc import Mapping

from scripts.deploy import envfile
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site, write_atomically

REQUIRED = {
    "DOMAIN": "Under which name do people reach the shop (such as shop.example)?",
    "ACME_EMAIL": "To which address may the certificate authority write?",
}
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_FORMS = {
    "DOMAIN": re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})+"),
    "ACME_EMAIL": re.compile(r"[^@\s'\"]+@[^@\s'\"]+\.[^@\s'\"]+"),
}


def is_done(site: Site) -> bool:
    """Tell whether the file is there and has what it must. Raises Stop for an odd one."""
    if not site.env_file.exists():
        return False
    for name in REQUIRED:
        refuse_odd(name, site.setting(name))
    return True


def make(site: Site, given: Mapping[str, str]) -> None:
    """Write the file with these values; what is required and not given is asked for.

    Raises Stop for a value that cannot be, and when nobody is there to ask.
    """
    example = (site.root / ".env.prod.example").read_text(encoding="utf-8")
    values = dict(given)
    for name, question in REQUIRED.items():
        values[name] = values.get(name) or _ask(name, question)
        refuse_odd(name, values[name])
    text = filled(example, values)
    write_atomically(site.env_file, text, mode=0o600)
    site.prepare()  # opens it to the backup
    vars(site).pop("settings", None)  # was read, if at all, when there was none


def filled(example: str, values: Mapping[str, str]) -> str:
    """Return the example with values in the places of its own; others are added at the end.

    Raises Stop for a value that needs more than quotation marks.
    """
    lines = example.splitlines()
    for name, value in values.items():
        line = f"{name}={envfile.quoted(value)}"
        at = next((at for at, old in enumerate(lines) if old.startswith(f"{name}=")), None)
        if at is None:
            lines.append(line)
        else:
            lines[at] = line
    return "\n".join([*lines, ""])


def refuse_odd(name: str, value: str) -> None:
    """Raises Stop for a value that is not of its form."""
    if not _FORMS[name].fullmatch(value):
        raise Stop(f"{name} cannot be {value!r}", Code.REFUSED, hint="It is in .env.prod.")


def _ask(name: str, question: str) -> str:
    if not sys.stdin.isatty():
        option = "--domain" if name == "DOMAIN" else "--email"
        raise Stop(f"{name} is not known", Code.USAGE, hint=f"Give it with {option}.")
    return input(f"{question} ").strip()
