"""nft, as the firewall uses it: our own table is replaced or removed, and no other touched."""

import json
import subprocess
from typing import Any

from scripts.deploy.firewall.rules import TABLE
from scripts.deploy.outcome import Stop

RATE_SETS = {"ssh_rate4", "ssh_rate6"}  # filled by visitors


def check(rules: str) -> None:
    """Let nft parse the rules. Raises Stop with what it says."""
    _nft("--check", "--file", "-", stdin=rules)


def load(rules: str) -> None:
    """Put the rules in force, all or none. Raises Stop, and then nothing has changed."""
    _nft("--file", "-", stdin=rules)


def held() -> list[Any] | None:
    """Return the rules in force without what changes with traffic; None if our table is absent.

    Raises Stop when nft is missing or may not be asked.
    """
    if not any(t["name"] == TABLE and t["family"] == "inet" for t in _tables()):
        return None
    return _lasting(_nft("--json", "list", "table", "inet", TABLE))


def would_hold(rules: str) -> list[Any]:
    """Return what `held` returns once these rules are loaded. Raises Stop.

    They are loaded in a network of their own, which ends with the process: nft writes the same
    rule in other words, so that files cannot be compared with what the kernel has.
    """
    script = f"nft --file - && nft --json list table inet {TABLE}"
    return _lasting(_run("unshare", "--net", "sh", "-c", script, stdin=rules))


def elements(table: list[Any], name: str) -> list[Any]:
    """Return the elements of a set out of what `held` returned."""
    (found,) = (part["set"] for part in table if part.get("set", {}).get("name") == name)
    members: list[Any] = found.get("elem", [])
    return members


def _tables() -> list[dict[str, Any]]:
    listed = json.loads(_nft("--json", "list", "tables"))["nftables"]
    return [part["table"] for part in listed if "table" in part]


def _lasting(listing: str) -> list[Any]:
    parts = json.loads(listing)["nftables"]
    for part in parts:
        for thing in part.values():
            thing.pop("handle", None)
        if part.get("set", {}).get("name") in RATE_SETS:
            part["set"].pop("elem", None)
        for statement in part.get("rule", {}).get("expr", []):
            if "counter" in statement:
                statement["counter"] = None
    return [part for part in parts if "metainfo" not in part]


def _nft(*arguments: str, stdin: str = "") -> str:
    return _run("nft", *arguments, stdin=stdin)


def _run(*command: str, stdin: str) -> str:
    try:
        ended = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Stop(f"{command[0]} is not installed", hint="apt-get install nftables") from None
    if ended.returncode:
        raise Stop(f"{command[0]} refused: {ended.stderr.strip()}")
    return ended.stdout
