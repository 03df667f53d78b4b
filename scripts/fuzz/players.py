"""The processes of `schemathesis run` that scripts/fuzz starts, one for each kind of caller."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.embedded import ServerFailed, die_with_parent, stop
from scripts.environment import ROOT, Environment
from scripts.fuzz.shop import PASSWORD, somebody
from scripts.journey import Shopper, Unexpected

ADMIN = "admin@shop.example"
# Of what one caller is to send, the part that each phase gets; examples are as many as there are.
COVERAGE_PART = 0.4
FUZZING_PART = 0.4
STATEFUL_PART = 0.15
OPERATIONS = 54
COVERAGE_CASES = 2600  # measured: what the coverage phase makes of the whole document
PATIENCE_SECONDS = 70
STEPS = 16  # measured: cases that a story of the stateful phase has on average
_CASE = b'"kind": "case"'
_ERRORS = "= ERRORS ="


@dataclass(frozen=True, kw_only=True)
class Player:
    """Somebody who asks for about so many cases, and holds the answers against a document."""

    name: str
    role: str
    seed: int
    cases: int
    document: str
    only: Sequence[str] = ()


def play(
    folder: Path, shop: Environment, players: Sequence[Player], tell: Callable[[int], None]
) -> None:
    """Let them ask side by side, each writing to a log of the folder, until all are done.

    Raises ServerFailed when one of them breaks off.
    """
    customer = _new_customer(shop)
    with contextlib.ExitStack() as stack:
        processes = [_start(folder, shop, player, customer) for player in players]
        for process in processes:
            stack.callback(stop, process)
        while any(process.poll() is None for process in processes):
            tell(sum(log.read_bytes().count(_CASE) for log in folder.glob("*.jsonl")))
            time.sleep(0.5)
    for player, process in zip(players, processes, strict=True):
        _refuse_broken_off(process, folder / f"{player.name}.log")


def _start(
    folder: Path, shop: Environment, player: Player, customer: str
) -> subprocess.Popen[bytes]:
    hooks = {
        "SCHEMATHESIS_HOOKS": "scripts.fuzz.hooks",
        "FUZZ_BASE_URL": shop["SHOP_BASE_URL"],
        "FUZZ_ROLE": player.role,
        "FUZZ_SEED": str(player.seed),
        "FUZZ_COVERAGE_SHARE": str(COVERAGE_PART * player.cases / COVERAGE_CASES),
        "FUZZ_LOG": str(folder / f"{player.name}.jsonl"),
        "FUZZ_STAFF": f"{ADMIN} {shop['DEMO_ADMIN_PASSWORD']}",
        "FUZZ_CUSTOMER": f"{customer} {PASSWORD}",
    }
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", str(_configuration(folder, player))),
        *("run", player.document, "--url", shop["SHOP_BASE_URL"]),
        *("--seed", str(player.seed), "--no-color", *player.only),
    ]
    with (folder / f"{player.name}.log").open("wb") as said:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**shop, **hooks},
            stdout=said,
            stderr=said,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )


def _configuration(folder: Path, player: Player) -> Path:
    """Add the amounts to what scripts/fuzz/schemathesis.toml says."""
    file = folder / f"{player.name}.toml"
    examples = max(1, int(FUZZING_PART * player.cases / OPERATIONS))
    stories = max(1, int(STATEFUL_PART * player.cases / STEPS))
    file.write_text(
        (ROOT / "scripts" / "fuzz" / "schemathesis.toml").read_text()
        + f"\n[phases.fuzzing.generation]\nmax-examples = {examples}\n"
        + f"\n[phases.stateful.generation]\nmax-examples = {stories}\n"
    )
    return file


def _new_customer(shop: Environment) -> str:
    """Register somebody: what is sent in a name is the end of many an account.

    After a round the limit of registrations is used up, so it may take its minute.
    """
    account, visitor = somebody(), Shopper(shop["SHOP_BASE_URL"])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            visitor.call("POST", "auth/register/", account, expect=201)
        except Unexpected as unexpected:
            if ": 429 " not in str(unexpected) or time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return str(account["email"])


def _refuse_broken_off(process: subprocess.Popen[bytes], log: Path) -> None:
    """Tell findings, which the report shows, from a run that did not do its part."""
    said = log.read_text(errors="replace")
    if process.returncode not in (0, 1) or _ERRORS in said:
        _, _, errors = said.rpartition(_ERRORS)
        raise ServerFailed(f"Schemathesis broke off:\n{errors[:3000]}")
