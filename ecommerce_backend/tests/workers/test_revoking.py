"""After whatever ends a session, every worker refuses the very next request with its tokens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from ecommerce_backend.tests.workers.shop import Shop, three_workers
from users import links
from users.links import Purpose
from users.models import LoginSession, User
from users.services import second_factors, sessions
from users.services.sessions import TokenPair
from users.tests.factories import PASSWORD, UserFactory, give_role

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("workers"),
]
NEW_PASSWORD = "staple and a lighthouse"  # noqa: S105
Act = Callable[[Shop, User, TokenPair], Any]
ACTS: dict[str, Act] = {}


def act(end: Act) -> Act:
    """Note what ends the session of a pair of tokens."""
    ACTS[end.__name__] = end
    return end


@act
def signing_out(shop: Shop, user: User, pair: TokenPair) -> None:
    shop.http.post("/api/v1/auth/logout/", json={"refresh": pair.refresh}).raise_for_status()


@act
def signing_out_everywhere(shop: Shop, user: User, pair: TokenPair) -> None:
    phone = sessions.open_session(user=user, address=None, user_agent="Phone")
    bearer = {"Authorization": f"Bearer {phone.access}"}
    shop.http.post("/api/v1/auth/logout-all/", headers=bearer).raise_for_status()


@act
def ending_it_from_another_device(shop: Shop, user: User, pair: TokenPair) -> None:
    session = LoginSession.objects.get(user=user)
    phone = sessions.open_session(user=user, address=None, user_agent="Phone")
    bearer = {"Authorization": f"Bearer {phone.access}"}
    shop.http.delete(f"/api/v1/auth/sessions/{session.pk}/", headers=bearer).raise_for_status()


@act
def using_a_token_twice(shop: Shop, user: User, pair: TokenPair) -> None:
    newest = sessions.refresh(raw=sessions.refresh(raw=pair.refresh).refresh)
    assert shop.refresh(pair.refresh).json()["code"] == "token_reused"
    assert shop.refresh(newest.refresh).status_code == 401
    assert shop.me(newest.access).status_code == 401


@act
def changing_the_password(shop: Shop, user: User, pair: TokenPair) -> None:
    phone = sessions.open_session(user=user, address=None, user_agent="Phone")
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {phone.access}")
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client.post("/api/v1/auth/password-change/", form).status_code == 204


@act
def resetting_the_password(shop: Shop, user: User, pair: TokenPair) -> None:
    form = {"token": links.make(Purpose.RESET_PASSWORD, user), "new_password": NEW_PASSWORD}
    url = "/api/v1/auth/password-reset/confirmation/"
    assert APIClient().post(url, form).status_code == 204


@act
def losing_the_second_factor(shop: Shop, user: User, pair: TokenPair) -> None:
    second_factors.reset(user=user)


@act
def deactivation(shop: Shop, user: User, pair: TokenPair) -> None:
    change_in_admin(user, groups=[user.groups.get().pk], is_staff="on")


@act
def losing_the_role(shop: Shop, user: User, pair: TokenPair) -> None:
    change_in_admin(user, is_staff="on", is_active="on")


@act
def a_password_set_by_staff(shop: Shop, user: User, pair: TokenPair) -> None:
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    assert owner().post(url, passwords).status_code == 302


@act
def being_signed_out_by_staff(shop: Shop, user: User, pair: TokenPair) -> None:
    chosen = {"action": "revoke", "_selected_action": [LoginSession.objects.get(user=user).pk]}
    url = reverse("admin:users_loginsession_changelist")
    assert owner().post(url, chosen).status_code == 302


@act
def deletion(shop: Shop, user: User, pair: TokenPair) -> None:
    user.delete()


OF_ONE_SESSION = {
    signing_out,
    ending_it_from_another_device,
    using_a_token_twice,
    being_signed_out_by_staff,
}


def change_in_admin(user: User, **rights: Any) -> None:
    names = {"email": user.email, "first_name": "Ada", "last_name": "Customer"}
    none = {
        f"{rows}-{kind}_FORMS": "0"
        for rows in ("login_sessions", "addresses")
        for kind in ("TOTAL", "INITIAL")
    }
    url = reverse("admin:users_user_change", args=[user.pk])
    assert owner().post(url, names | none | rights).status_code == 302


def owner() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@shop.example", PASSWORD))
    return client


def somebody() -> tuple[User, TokenPair]:
    user = give_role(UserFactory.create(is_staff=True), "Support")
    return user, sessions.open_session(user=user, address=None, user_agent="Firefox")


@pytest.mark.parametrize("end", ACTS.values(), ids=ACTS)
def test_the_next_request_is_refused_by_every_worker(shop: Shop, end: Act) -> None:
    user, pair = somebody()
    at_work = Client()
    at_work.force_login(user)
    cookie = at_work.cookies[settings.SESSION_COOKIE_NAME].value
    seen = shop.by_each_worker(lambda: shop.me(pair.access))
    assert {answer.status_code for answer in seen} == {200}
    assert not any(map(asks_to_sign_in, shop.by_each_worker(lambda: shop.admin(cookie))))

    end(shop, user, pair)

    after = shop.by_each_worker(lambda: shop.me(pair.access))
    assert {answer.status_code for answer in after} == {401}
    assert {answer.json()["code"] for answer in after} == {"token_invalid"}
    renewals = shop.by_each_worker(lambda: shop.refresh(pair.refresh))
    assert {answer.status_code for answer in renewals} == {401}
    doors = shop.by_each_worker(lambda: shop.admin(cookie))
    assert {asks_to_sign_in(door) for door in doors} == {end not in OF_ONE_SESSION}


def asks_to_sign_in(page: httpx.Response) -> bool:
    return str(page.headers.get("Location", "")).startswith("/admin/login/")


def test_control_a_worker_that_remembers_sessions_lets_them_in(tmp_path: Path) -> None:
    user, pair = somebody()
    with three_workers(tmp_path, WITHOUT="a look at the session") as careless:
        careless.by_each_worker(lambda: careless.me(pair.access))

        signing_out(careless, user, pair)

        after = careless.by_each_worker(lambda: careless.me(pair.access))
    assert 200 in {answer.status_code for answer in after}
