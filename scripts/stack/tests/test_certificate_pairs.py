"""What nginx is given of certbot's files: a good pair, whole, or what it had."""

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from scripts.backup.tests.checks import wait_for
from scripts.deploy.site import CHECKOUT
from scripts.stack.certbot.authority import Wish, open_to_backups
from scripts.stack.certbot.keeper import Keeper
from scripts.stack.certbot.pairs import CHAIN, CURRENT, KEY, Pair, Refused, bootstrap

NAME = "shop.example"
DAY = timedelta(days=1)


def pair(
    *names: str, not_before: datetime | None = None, not_after: datetime | None = None
) -> Pair:
    leaf = trustme.CA().issue_cert(*names, not_before=not_before, not_after=not_after)
    chain = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
    return Pair(chain, leaf.private_key_pem.bytes())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_good_pair_is_good() -> None:
    pair(NAME).check(NAME)
    pair("*.shop.example").check("www.shop.example")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Pair(pair(NAME).chain, pair(NAME).key), "chain and key are no pair"),
        (Pair(b"", pair(NAME).key), "chain and key are no pair"),
        (Pair(pair(NAME).chain, b""), "chain and key are no pair"),
        (Pair(pair(NAME).chain[:200], pair(NAME).key), "chain and key are no pair"),
        (pair("other.example"), "Hostname mismatch"),
        (pair(NAME, not_after=datetime.now(UTC) - DAY), "certificate has expired"),
        (pair(NAME, not_before=datetime.now(UTC) + DAY), "certificate is not yet valid"),
    ],
    ids=["mismatch", "no chain", "no key", "cut off", "wrong name", "expired", "early"],
)
def test_a_pair_that_would_do_harm_is_refused(bad: Pair, why: str) -> None:
    with pytest.raises(Refused, match=why):
        bad.check(NAME)


def test_a_bootstrap_certificate_will_do_to_start_with() -> None:
    made = bootstrap(NAME)

    made.check(NAME)
    with pytest.raises(Refused):
        made.check("other.example")


def test_a_pair_is_published_in_one_step_for_nginxs_group_alone(tmp_path: Path) -> None:
    first, second = pair(NAME), pair(NAME)

    assert first.publish(tmp_path)
    assert not first.publish(tmp_path)
    before = (tmp_path / CURRENT).resolve()
    assert second.publish(tmp_path)

    assert Pair.read(tmp_path / CURRENT) == second
    assert Pair.read(before) == first  # for whoever reads it just now
    assert {mode(tmp_path / CURRENT / file) for file in (CHAIN, KEY)} == {0o440}
    assert mode((tmp_path / CURRENT).resolve()) & 0o777 == 0o750


def test_pairs_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    for _ in range(4):
        pair(NAME).publish(tmp_path)

    assert len([path for path in tmp_path.iterdir() if not path.is_symlink()]) == 2


def test_a_pair_that_was_damaged_since_is_published_again(tmp_path: Path) -> None:
    good = pair(NAME)
    good.publish(tmp_path)
    chain = tmp_path / CURRENT / CHAIN
    chain.chmod(0o640)
    chain.write_bytes(b"")

    assert good.publish(tmp_path)
    assert Pair.read(tmp_path / CURRENT) == good


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    for folder in ("tls", "reports", "home"):
        (tmp_path / folder).mkdir()
    wish = Wish(name=NAME, home=tmp_path / "home")
    return Keeper(wish, tls=tmp_path / "tls", reports=tmp_path / "reports")


def as_certbot_left_it(keeper: Keeper, left: Pair) -> None:
    lineage, archive = keeper.wish.lineage, keeper.wish.home / "archive" / NAME
    (keeper.wish.home / "renewal").mkdir(exist_ok=True)
    (keeper.wish.home / "renewal" / f"{NAME}.conf").touch()
    for folder in (lineage, archive):
        folder.mkdir(parents=True, exist_ok=True)
    number = len(list(archive.iterdir()))
    for file, content in ((CHAIN, left.chain), (KEY, left.key)):
        kept = archive / f"{number}-{file}"
        kept.write_bytes(content)
        kept.chmod(0o600)
        (lineage / file).unlink(missing_ok=True)
        (lineage / file).symlink_to(kept)


def test_the_first_start_finds_a_bootstrap_certificate(keeper: Keeper) -> None:
    keeper.begin()
    made = Pair.read(keeper.tls / CURRENT)
    keeper.begin()

    made.check(NAME)
    assert Pair.read(keeper.tls / CURRENT) == made


def test_a_start_after_a_move_finds_the_certificate_of_before(keeper: Keeper) -> None:
    restored = pair(NAME)
    as_certbot_left_it(keeper, restored)

    keeper.begin()

    assert Pair.read(keeper.tls / CURRENT) == restored


@pytest.mark.parametrize(
    "bad",
    [pair("other.example"), pair(NAME, not_after=datetime.now(UTC) - DAY), Pair(b"", b"")],
    ids=["wrong name", "expired", "empty"],
)
def test_what_would_do_harm_is_not_handed_over(keeper: Keeper, bad: Pair) -> None:
    good = pair(NAME)
    as_certbot_left_it(keeper, good)
    keeper.hand_over()
    as_certbot_left_it(keeper, bad)

    with pytest.raises(Refused):
        keeper.hand_over()

    assert Pair.read(keeper.tls / CURRENT) == good


def test_a_renewal_that_cannot_be_is_told_and_the_certificate_stays(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For an authority that is away; that certbot is the real one, test_certificates sees to."""
    good = pair(NAME)
    as_certbot_left_it(keeper, good)
    keeper.hand_over()
    program = tmp_path / "bin" / "certbot"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'Connection refused by the authority'\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    error = keeper.try_once()

    assert error == "Connection refused by the authority"
    assert json.loads((keeper.reports / "renewal.json").read_text())["error"] == error
    assert Pair.read(keeper.tls / CURRENT) == good


def test_the_container_begins_with_a_certificate_and_shows_that_it_lives(tmp_path: Path) -> None:
    for folder in ("tls", "reports"):
        (tmp_path / folder).mkdir()
    places = ["--tls", str(tmp_path / "tls"), "--reports", str(tmp_path / "reports")]
    command = [sys.executable, "-m", "scripts.stack.certbot", *places, "keep"]
    alive = tmp_path / "alive"
    container = subprocess.Popen(
        [*command, "--alive", str(alive)], cwd=CHECKOUT, env={**os.environ, "DOMAIN": NAME}
    )
    try:
        wait_for(alive.exists)
    finally:
        container.terminate()
        container.wait(30)

    Pair.read(tmp_path / "tls" / CURRENT).check(NAME)


def test_backups_may_read_what_certbot_keeps_to_itself(keeper: Keeper) -> None:
    as_certbot_left_it(keeper, pair(NAME))
    key = next((keeper.wish.home / "archive" / NAME).glob(f"*-{KEY}"))
    key.parent.chmod(0o700)

    open_to_backups(keeper.wish.home)

    assert mode(key) == 0o640
    assert mode(key.parent) == 0o750
