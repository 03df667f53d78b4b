"""Letting people in again who lost their phone."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users.models import LoginSession, SecondFactor, User
from users.services import sessions
from users.tests.factories import PASSWORD, UserFactory, give_role
from users.tests.jobs import do_jobs
from users.tests.phones import phone_of

pytestmark = pytest.mark.django_db
USERS = "/admin/users/user/"


@pytest.fixture(autouse=True)
def _who_asks_is_a_user_too(settings: Settings) -> None:
    """Let a page load two accounts, its reader's and the one it shows, without alarm."""
    settings.ZEAL_ALLOWLIST = [{"model": "users.User", "field": "get()"}]


@pytest.fixture
def clerk() -> User:
    clerk = give_role(UserFactory.create(email="clerk@shop.example", is_staff=True), "Support")
    phone_of(clerk)
    sessions.open_session(user=clerk, address=None, user_agent="", with_second_factor=True)
    return clerk


def reset(actor: User, *chosen: User) -> str:
    client = Client()
    client.force_login(actor)
    form = {"action": "reset_second_factor", "_selected_action": [user.pk for user in chosen]}
    return client.post(USERS, form, follow=True).text


def test_a_superuser_lets_somebody_in_again(clerk: User) -> None:
    owner = User.objects.create_superuser("owner@shop.example", PASSWORD)

    assert "1 reset and signed out everywhere." in reset(owner, clerk)

    clerk.refresh_from_db()
    assert not clerk.has_second_factor
    assert not SecondFactor.objects.exists()
    assert not LoginSession.objects.filter(revoked_at=None).exists()
    kept = AuditRecord.objects.get(action=Action.SECOND_FACTOR_RESET)
    assert (kept.subject, kept.actor_id) == (f"user:{clerk.pk}", owner.pk)
    do_jobs()
    assert "Sign-in with a code is off at Nexus" in [sent.subject for sent in mail.outbox]


def test_nobody_resets_their_own(clerk: User) -> None:
    owner = User.objects.create_superuser("owner@shop.example", PASSWORD)
    phone_of(owner)

    said = reset(owner, owner)

    assert "0 reset and signed out everywhere. 1 passed over" in said
    owner.refresh_from_db()
    assert owner.has_second_factor


@pytest.mark.parametrize("role", ["Administrator", "Support"])
def test_nobody_but_a_superuser_does(clerk: User, role: str) -> None:
    other = give_role(UserFactory.create(is_staff=True), role)

    reset(other, clerk)

    clerk.refresh_from_db()
    assert clerk.has_second_factor


def test_an_operator_does_so_at_the_machine(
    clerk: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("reset_second_factor", "CLERK@shop.example")

    clerk.refresh_from_db()
    assert not clerk.has_second_factor
    assert "clerk@shop.example was signed out everywhere" in capsys.readouterr().out
    assert AuditRecord.objects.get(action=Action.SECOND_FACTOR_RESET).actor_id is None


@pytest.mark.parametrize(
    ("email", "reason"),
    [("nobody@shop.example", "no account"), ("ada@shop.example", "no second factor")],
)
def test_an_operator_is_told_why_nothing_was_done(customer: User, email: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("reset_second_factor", email)


def test_secrets_move_to_the_next_key(
    clerk: User, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = settings.SECRET_KEY, "another-key-0123456789-abcdefghijklmnop"
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]

    call_command("reseal_second_factors")
    call_command("reseal_second_factors")

    assert capsys.readouterr().out == "1 sealed anew.\n0 sealed anew.\n"


def test_a_key_that_is_lost_is_told(clerk: User, settings: Settings) -> None:
    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnop"  # noqa: S105

    with pytest.raises(CommandError, match="neither the present nor the previous"):
        call_command("reseal_second_factors")
