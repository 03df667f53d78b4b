from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from users import tokens
from users.models import LoginSession, RefreshToken, User
from users.services import sessions
from users.services.sessions import TokenPair
from users.tests.factories import UserFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db


def refresh(client: APIClient, token: str) -> Response:
    return client.post("/api/v1/auth/refresh/", {"refresh": token})


def me(token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return APIClient().get("/api/v1/users/me/", headers=headers).status_code


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def test_a_refresh_token_gives_the_next_pair(api_client: APIClient, pair: TokenPair) -> None:
    response = refresh(api_client, pair.refresh)

    assert response.status_code == 200
    assert response.data.keys() == {"access", "refresh"}
    assert response.data["refresh"] != pair.refresh
    assert me(response.data["access"]) == 200
    assert refresh(api_client, response.data["refresh"]).status_code == 200


def test_a_token_seen_again_later_ends_the_session(api_client: APIClient, pair: TokenPair) -> None:
    successor = refresh(api_client, pair.refresh).data
    with later(seconds=11):
        reused = refresh(api_client, pair.refresh)

        assert reused.status_code == 401
        assert reused.data["code"] == "token_reused"
        assert refresh(api_client, successor["refresh"]).data["code"] == "token_invalid"
        assert me(successor["access"]) == 401
    assert LoginSession.objects.get().revoked_at is not None


def test_a_lost_answer_can_be_asked_for_again(api_client: APIClient, pair: TokenPair) -> None:
    first = refresh(api_client, pair.refresh)
    with later(seconds=9):
        again = refresh(api_client, pair.refresh)

    assert again.status_code == 200
    assert again.data["refresh"] == first.data["refresh"]
    assert RefreshToken.objects.count() == 2


def test_there_is_no_grace_once_the_successor_was_used(
    api_client: APIClient, pair: TokenPair
) -> None:
    successor = refresh(api_client, pair.refresh).data
    newest = refresh(api_client, successor["refresh"]).data

    assert refresh(api_client, pair.refresh).data["code"] == "token_reused"
    assert refresh(api_client, newest["refresh"]).data["code"] == "token_invalid"


def test_the_end_of_one_session_is_not_that_of_another(
    api_client: APIClient, customer: User, pair: TokenPair
) -> None:
    other = sessions.open_session(user=customer, address=None, user_agent="Phone")
    refresh(api_client, refresh(api_client, pair.refresh).data["refresh"])
    refresh(api_client, pair.refresh)

    assert refresh(api_client, other.refresh).status_code == 200


def test_rotation_does_not_outlive_the_session(api_client: APIClient, pair: TokenPair) -> None:
    token = pair.refresh
    for days in range(6, 30, 6):
        with later(days=days):
            token = refresh(api_client, token).data["refresh"]
    assert RefreshToken.objects.latest("pk").expires_at == LoginSession.objects.get().expires_at
    with later(days=31):
        assert refresh(api_client, token).data["code"] == "token_invalid"


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0."])
def test_what_is_no_token_of_ours_is_refused(api_client: APIClient, token: str) -> None:
    response = refresh(api_client, token)

    assert response.status_code == 401
    assert response.data["code"] == "token_invalid"


def test_an_access_token_refreshes_nothing(api_client: APIClient, pair: TokenPair) -> None:
    assert refresh(api_client, pair.access).data["code"] == "token_invalid"


def test_a_refresh_token_opens_nothing(api_client: APIClient, pair: TokenPair) -> None:
    assert me(pair.refresh) == 401


def test_an_access_token_dies_after_ten_minutes(api_client: APIClient, pair: TokenPair) -> None:
    with later(minutes=9):
        assert me(pair.access) == 200
    with later(minutes=11):
        assert me(pair.access) == 401


def test_a_token_without_a_session_is_refused(api_client: APIClient) -> None:
    assert me(str(AccessToken())) == 401


def test_an_inactive_account_neither_acts_nor_refreshes(
    api_client: APIClient, customer: User, pair: TokenPair
) -> None:
    User.objects.filter(pk=customer.pk).update(is_active=False)

    assert me(pair.access) == 401
    assert refresh(api_client, pair.refresh).data["code"] == "token_invalid"


def test_a_deleted_account_neither_acts_nor_refreshes(
    api_client: APIClient, customer: User, pair: TokenPair
) -> None:
    customer.delete()

    assert me(pair.access) == 401
    response = refresh(api_client, pair.refresh)
    assert response.status_code == 401
    assert response.data["code"] == "token_invalid"


def test_the_database_holds_no_token_that_works(pair: TokenPair) -> None:
    stored = RefreshToken.objects.get().jti_hash

    assert len(stored) == 64
    assert stored not in pair.refresh


@pytest.mark.django_db(transaction=True)
def test_twenty_refreshes_at_once_make_one_successor() -> None:
    pair = sessions.open_session(user=UserFactory.create(), address=None, user_agent="")

    answers = race(20, lambda _: sessions.refresh(raw=pair.refresh).refresh)

    assert len(answers) == 20
    assert len(set(answers)) == 1
    assert RefreshToken.objects.count() == 2
    assert RefreshToken.objects.filter(used_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_with_check_and_act_apart_there_are_many_successors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = sessions.open_session(user=UserFactory.create(), address=None, user_agent="")
    all_have_looked = Barrier(4, timeout=10)
    update = QuerySet.update

    def careless_update(queryset: Any, **values: Any) -> int:
        if queryset.model is not RefreshToken:
            return update(queryset, **values)
        unused = [token.pk for token in queryset]
        all_have_looked.wait()
        return update(RefreshToken.objects.filter(pk__in=unused), **values)

    monkeypatch.setattr(QuerySet, "update", careless_update)
    monkeypatch.setattr(tokens, "successor_jti", lambda _: tokens.new_jti())

    race(4, lambda _: sessions.refresh(raw=pair.refresh))

    assert RefreshToken.objects.filter(used_at=None).count() == 4


def test_expired_sessions_and_tokens_are_forgotten(customer: User, pair: TokenPair) -> None:
    with later(days=8):
        assert sessions.purge() == 1
        assert LoginSession.objects.count() == 1
        sessions.open_session(user=customer, address=None, user_agent="")
    with later(days=31):
        assert sessions.purge() == 2
    assert LoginSession.objects.count() == 1
    assert RefreshToken.objects.count() == 0
