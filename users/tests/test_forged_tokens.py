from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from users.models import LoginSession
from users.services import sessions
from users.services.sessions import TokenPair
from users.tests.forgeries import STRANGERS_KEY, Forgery, Workshop, forgeries, good

pytestmark = pytest.mark.django_db
FORGERIES = forgeries()


def workshop(token: str) -> Workshop:
    claims = jwt.decode(token, options={"verify_signature": False})
    return Workshop(key=settings.JWT_SIGNING_KEY, claims=claims)


def me(token: str) -> tuple[int, dict[str, Any], str]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = APIClient().get("/api/v1/users/me/", headers=headers)
    return _seen(answer)


def refresh(token: str) -> tuple[int, dict[str, Any], str]:
    return _seen(APIClient().post("/api/v1/auth/refresh/", {"refresh": token}))


def _seen(answer: Any) -> tuple[int, dict[str, Any], str]:
    told = {**answer.data, "request_id": None}
    return answer.status_code, told, answer.get("WWW-Authenticate", "")


def test_a_token_signed_again_as_ours_opens(pair: TokenPair) -> None:
    assert me(good(workshop(pair.access)))[0] == 200
    assert refresh(good(workshop(pair.refresh)))[0] == 200


def test_there_are_more_than_forty_forgeries_and_no_two_alike(pair: TokenPair) -> None:
    shop = workshop(pair.access)

    assert len({forge(shop) for forge in FORGERIES.values()}) == len(FORGERIES) >= 40


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_token_is_refused_and_told_nothing(pair: TokenPair, forge: Forgery) -> None:
    sessions.close_session(raw=pair.refresh)
    of_ended_session = (me(pair.access), refresh(pair.refresh))
    live = sessions.open_session(user=LoginSession.objects.get().user, address=None, user_agent="")

    assert me(forge(workshop(live.access))) == of_ended_session[0]
    assert of_ended_session[0][0] == 401
    token = forge(workshop(live.refresh))
    if len(token) <= 2048:  # what is longer is no form of ours: 400
        assert refresh(token) == of_ended_session[1]
    assert of_ended_session[1][0] == 401


def test_each_token_is_good_for_its_own_purpose_alone(pair: TokenPair) -> None:
    assert me(pair.refresh)[0] == 401
    assert refresh(pair.access)[0] == 401


def test_the_name_of_a_key_tells_which_it_is_and_nothing_of_it(pair: TokenPair) -> None:
    header = jwt.get_unverified_header(pair.access)

    assert header == {"alg": "HS256", "kid": header["kid"], "typ": "JWT"}
    assert len(header["kid"]) == 16
    assert header == jwt.get_unverified_header(pair.refresh)
    assert header["kid"] not in settings.JWT_SIGNING_KEY


def test_only_the_key_that_a_token_names_is_tried(pair: TokenPair, settings: Any) -> None:
    shop = workshop(pair.access)
    before = Workshop(key=STRANGERS_KEY, claims=shop.claims)
    settings.JWT_SIGNING_KEY_PREVIOUS = STRANGERS_KEY

    assert me(good(before))[0] == 200
    assert me(before.by_us(shop.header))[0] == 401
    assert me(shop.by_us(before.header))[0] == 401


@pytest.mark.parametrize(("seconds", "status"), [(-40, 401), (-20, 200), (20, 200), (40, 401)])
def test_the_clocks_of_two_hosts_may_differ_by_half_a_minute(
    pair: TokenPair, seconds: int, status: int
) -> None:
    shop = workshop(pair.access)
    now = int(timezone.now().timestamp())
    early = shop.by_us(iat=now + seconds, nbf=now + seconds)
    late = shop.by_us(exp=now + seconds)

    assert me(early if seconds > 0 else late)[0] == status
