"""Sessions of staff hang on no Redis, can be ended, and are not to be had from the table."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings as current
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from ecommerce_backend import redis_servers
from users.models import StaffSession, User
from users.services import sessions
from users.staff_sessions import SessionStore
from users.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

IN_REDIS_TOO = "django.contrib.sessions.backends.cached_db"


def sign_in() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@shop.example", "only in this test"))
    return client


@contextmanager
def redis_away(settings: Settings) -> Iterator[None]:
    there = (current.REDIS_STATE_URL, current.CACHES)
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{nobody_listens.getsockname()[1]}/0"
        settings.REDIS_STATE_URL, settings.CACHES = url, {"default": redis_servers.cache(url)}
        yield
    settings.REDIS_STATE_URL, settings.CACHES = there


def test_staff_work_on_while_redis_is_away(settings: Settings) -> None:
    owner = sign_in()
    with redis_away(settings):
        assert owner.get("/admin/").status_code == 200
        assert owner.post("/admin/logout/").status_code == 200
        assert owner.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("engine", "status"),
    [(current.SESSION_ENGINE, 302), (IN_REDIS_TOO, 200)],
    ids=["as it is", "kept in Redis too"],
)
def test_a_session_that_was_ended_while_redis_was_away_does_not_come_back(
    settings: Settings, engine: str, status: int
) -> None:
    settings.SESSION_ENGINE = engine
    owner = sign_in()
    assert owner.get("/admin/").status_code == 200
    cookie = owner.cookies[settings.SESSION_COOKIE_NAME].value
    with redis_away(settings):
        owner.post("/admin/logout/")

    owner.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert owner.get("/admin/").status_code == status


def cookie_of(client: Client) -> str:
    return client.cookies[current.SESSION_COOKIE_NAME].value


def test_a_copy_of_the_table_signs_nobody_in() -> None:
    owner = sign_in()
    row = StaffSession.objects.get()

    assert row.session_key == hashlib.sha256(cookie_of(owner).encode()).hexdigest()
    thief = Client()
    thief.cookies[current.SESSION_COOKIE_NAME] = row.session_key
    assert thief.get("/admin/").status_code == 302
    thief.cookies[current.SESSION_COOKIE_NAME] = cookie_of(owner)
    assert thief.get("/admin/").status_code == 200


def test_a_table_that_keeps_the_cookie_would(settings: Settings) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    sign_in()

    thief = Client()
    thief.cookies[current.SESSION_COOKIE_NAME] = Session.objects.get().session_key
    assert thief.get("/admin/").status_code == 200


def test_a_cookie_from_before_the_sign_in_is_worth_nothing_after_it() -> None:
    User.objects.create_superuser("owner@shop.example", PASSWORD)
    planted = SessionStore()
    planted["planted"] = True
    planted.save()
    victim = Client()
    victim.cookies[current.SESSION_COOKIE_NAME] = planted.session_key or ""

    victim.post("/admin/login/", {"username": "owner@shop.example", "password": PASSWORD})

    assert victim.get("/admin/").status_code == 200
    assert cookie_of(victim) != planted.session_key
    attacker = Client()
    attacker.cookies[current.SESSION_COOKIE_NAME] = planted.session_key or ""
    assert attacker.get("/admin/").status_code == 302


def test_a_cookie_that_the_visitor_made_up_is_not_taken_over() -> None:
    visitor = Client()
    visitor.cookies[current.SESSION_COOKIE_NAME] = "a" * 32
    User.objects.create_superuser("owner@shop.example", "only in this test")
    form = {"username": "owner@shop.example", "password": "only in this test"}

    assert visitor.post("/admin/login/?next=/admin/", form).status_code == 302

    assert cookie_of(visitor) != "a" * 32


def test_no_form_of_the_admin_is_taken_without_its_token() -> None:
    owner = Client(enforce_csrf_checks=True)
    owner.force_login(User.objects.create_superuser("owner@shop.example", "only in this test"))

    for page in ("login", "logout", "password_change", "users/user/add"):
        assert owner.post(f"/admin/{page}/", {}).status_code == 403
    assert User.objects.count() == 1


def test_the_api_does_not_read_the_admins_cookie() -> None:
    owner = sign_in()

    assert owner.get("/api/v1/users/me/").status_code == 401
    refused = owner.post("/api/v1/auth/logout-all/", content_type="application/json")
    assert refused.status_code == 401


def test_a_new_password_of_ones_own_ends_the_other_sessions() -> None:
    here, there = sign_in(), Client()
    user = User.objects.get()
    there.force_login(user)
    pair = sessions.open_session(user=user, address=None, user_agent="")
    new = "another one for this test"

    page = here.post(
        "/admin/password_change/",
        {"old_password": "only in this test", "new_password1": new, "new_password2": new},
    )

    assert page.status_code == 302
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 302
    with pytest.raises(sessions.TokenInvalid):
        sessions.refresh(raw=pair.refresh)


def test_signing_out_everywhere_reaches_the_admin() -> None:
    owner = sign_in()

    sessions.close_all_sessions(user=User.objects.get())

    assert owner.get("/admin/").status_code == 302
