"""How long answers take tells nobody which addresses have accounts.

`scripts/enumeration_test.sh` runs this: SAMPLES requests for known accounts, as many of each kind,
and SAMPLES for unknown ones, in random order, at a shop with three workers and real hashes.
"""

import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ecommerce_backend.tests.workers.shop import Shop, past_pytest, three_workers
from scripts.tests.enumeration.ranks import Verdict, compare
from users.models import SecondFactor, User
from users.totp import new_secret, seal

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLES = int(os.environ.get("SAMPLES", "300"))
WARM_UP = 20
ACCOUNTS = 20  # of each kind
CHANCE, TOLERANCE_MS = 0.01, 5
UNKNOWN, KNOWN = "unknown", "any known"
KINDS: dict[str, dict[str, Any]] = {
    "verified": {"email_verified_at": timezone.now()},
    "unverified": {},
    "inactive": {"email_verified_at": timezone.now(), "is_active": False},
    "second factor": {"email_verified_at": timezone.now(), "second_factor_at": timezone.now()},
}
DOORS: dict[str, dict[str, str]] = {
    "login": {"password": "a wrong password"},
    "register": {"password": "staple and a lighthouse"},
    "password-reset": {},
    "email-verification": {},
}


@contextmanager
def mandatory_shop(folder: Path, *, without: str = "") -> Iterator[Shop]:
    """Start a shop that wants addresses confirmed; nothing sends its mails."""
    with three_workers(
        folder,
        EMAIL_VERIFICATION="mandatory",
        SHOP_EMAIL_URL="smtp://127.0.0.1:9",
        WITHOUT=without,
    ) as shop:
        yield shop


@pytest.fixture
def addresses() -> dict[str, list[str]]:
    """The accounts of each kind."""
    password = Argon2PasswordHasher().encode("correct horse battery", "a-salt-for-tests")
    known = {}
    for kind, fields in KINDS.items():
        known[kind] = [f"{kind.replace(' ', '.')}{n}@shop.example" for n in range(ACCOUNTS)]
        users = User.objects.bulk_create(
            [User(email=email, password=password, **fields) for email in known[kind]]
        )
        if "second_factor_at" in fields:
            for user in users:
                SecondFactor.objects.create(user=user, sealed_secret=seal(new_secret()))
    return known


def measure(
    shop: Shop, door: str, addresses: dict[str, list[str]], *, samples: int, terminal: Console
) -> dict[str, list[float]]:
    """Return the milliseconds that each answer took, by kind; all must look alike."""
    warm_up = [UNKNOWN] * WARM_UP
    order = [*addresses] * (samples // len(addresses)) + [UNKNOWN] * samples
    random.shuffle(order)
    order = warm_up + order
    times, looks = defaultdict[str, list[float]](list), set()
    bar = track(order, door, console=terminal, transient=True, disable=not terminal.is_terminal)
    for number, kind in enumerate(bar):
        known = addresses.get(kind)
        email = random.choice(known) if known else f"{uuid4().hex[:12]}@shop.example"
        began = time.perf_counter()
        answer = shop.http.post(f"/api/v1/auth/{door}/", json={"email": email, **DOORS[door]})
        took = time.perf_counter() - began
        looks.add(look(answer))
        if number >= WARM_UP:
            for lot in (kind,) if kind == UNKNOWN else (kind, KNOWN):
                times[lot].append(took * 1000)
    assert len(looks) == 1, looks
    return times


def look(answer: httpx.Response) -> tuple[Any, ...]:
    """Return what somebody could tell answers apart by, other than the time."""
    body, own = answer.text, answer.headers["X-Request-ID"]
    return answer.status_code, body.replace(own, ""), len(body), *sorted(answer.headers)


def verdicts(times: dict[str, list[float]]) -> dict[str, Verdict]:
    others = times.pop(UNKNOWN)
    return {kind: compare(own, others) for kind, own in times.items()}


def is_told_apart(verdict: Verdict) -> bool:
    return verdict.p <= CHANCE and abs(verdict.difference) >= TOLERANCE_MS


def show(door: str, found: dict[str, Verdict], *, terminal: Console) -> None:
    table = Table("account", "median", "of unknown", "difference", "p", title=door)
    for kind, verdict in found.items():
        table.add_row(
            kind,
            f"{verdict.median:.2f} ms",
            f"{verdict.others_median:.2f} ms",
            f"{verdict.difference:+.2f} ms",
            f"{verdict.p:.3f}",
        )
    terminal.print(table)


def test_no_kind_of_account_is_told_from_none(
    tmp_path: Path, addresses: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    told_apart = []
    with mandatory_shop(tmp_path) as shop, past_pytest(capsys) as terminal:
        for door in DOORS:
            times = measure(shop, door, addresses, samples=SAMPLES, terminal=terminal)
            found = verdicts(times)
            show(door, found, terminal=terminal)
            told_apart += [(door, kind) for kind, one in found.items() if is_told_apart(one)]

    assert told_apart == []


def test_control_a_shop_that_hashes_for_known_accounts_alone_is_found_out(
    tmp_path: Path, addresses: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    known = {"verified": addresses["verified"]}
    samples = max(60, SAMPLES // 5)
    leaking = mandatory_shop(tmp_path, without="even work")
    with leaking as shop, past_pytest(capsys) as terminal:
        found = verdicts(measure(shop, "login", known, samples=samples, terminal=terminal))
        show("login, where unknown accounts cost nothing", found, terminal=terminal)

    assert is_told_apart(found[KNOWN])
