"""Twenty at once ask for the successor of one refresh token.

The main list plays REFRESH_ROUNDS of each; `scripts/sessions_test.sh` two hundred.
"""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import track

from ecommerce_backend.tests.workers.shop import Shop, past_pytest, three_workers
from users.models import LoginSession, RefreshToken, User
from users.services import sessions
from users.tests.factories import UserFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("workers"),
]
CLIENTS = 20
ROUNDS = int(os.environ.get("REFRESH_ROUNDS", "20"))


def play(shop: Shop, user: User) -> tuple[Counter[int], set[str]]:
    """Play one round; return how many answers there were of each status, and the successors."""
    pair = sessions.open_session(user=user, address=None, user_agent="")
    answers = shop.at_once(CLIENTS, lambda: shop.refresh(pair.refresh))
    successors = {answer.json()["refresh"] for answer in answers if answer.status_code == 200}
    return Counter(answer.status_code for answer in answers), successors


def rounds(title: str, terminal: Console) -> Iterable[int]:
    return track(range(ROUNDS), title, console=terminal, disable=not terminal.is_terminal)


def test_all_get_the_one_successor_for_as_long_as_an_answer_may_have_been_lost(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    user = UserFactory.create()

    with past_pytest(capsys) as terminal:
        for _ in rounds("with grace", terminal):
            statuses, successors = play(shop, user)

            assert statuses == {200: CLIENTS}
            assert len(successors) == 1
    assert RefreshToken.objects.filter(used_at=None).count() == ROUNDS
    assert LoginSession.objects.filter(revoked_at=None).count() == ROUNDS


def test_without_that_grace_exactly_one_wins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user = UserFactory.create()

    with three_workers(tmp_path, WITHOUT="grace") as strict, past_pytest(capsys) as terminal:
        for _ in rounds("without grace", terminal):
            statuses, successors = play(strict, user)

            assert statuses == {200: 1, 401: CLIENTS - 1}
            assert len(successors) == 1
    assert RefreshToken.objects.count() == 2 * ROUNDS


def test_control_where_a_token_is_looked_at_and_then_noted_many_win(tmp_path: Path) -> None:
    user = UserFactory.create()

    with three_workers(tmp_path, WITHOUT="grace,single use") as careless:
        _, successors = play(careless, user)

    assert len(successors) > 1
