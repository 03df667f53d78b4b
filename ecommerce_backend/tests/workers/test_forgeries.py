"""Forged tokens at a shop with three workers: one plain 401 for all, whatever was wrong."""

from typing import Any

import httpx
import jwt
import pytest
from django.conf import settings

from ecommerce_backend.tests.workers.shop import Shop
from users.services import sessions
from users.services.sessions import TokenPair
from users.tests.factories import UserFactory
from users.tests.forgeries import Workshop, forgeries, good

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("workers"),
]
LONGEST_FORM = 2048  # characters of a refresh token; longer ones are no form of ours (400)


@pytest.fixture
def pair(db: None) -> TokenPair:
    return sessions.open_session(user=UserFactory.create(), address=None, user_agent="")


def workshop(token: str) -> Workshop:
    claims = jwt.decode(token, options={"verify_signature": False})
    return Workshop(key=settings.JWT_SIGNING_KEY, claims=claims)


def seen(answer: httpx.Response) -> tuple[int, dict[str, Any], list[str], str, int]:
    """Return what somebody can tell answers apart by."""
    body = answer.json()
    length = len(answer.content) - len(str(body["request_id"]))
    told = {**body, "request_id": None}
    names = sorted(answer.headers.keys())
    return (answer.status_code, told, names, answer.headers["WWW-Authenticate"], length)


def test_sixty_forgeries_open_nothing_and_tell_nothing(shop: Shop, pair: TokenPair) -> None:
    access, refresh = workshop(pair.access), workshop(pair.refresh)
    nonsense = (seen(shop.me("nonsense")), seen(shop.refresh("nonsense")))

    for name, forge in forgeries().items():
        raw = forge(access)
        bearer = {b"Authorization": f"Bearer {raw}".encode()}
        assert seen(shop.http.get("/api/v1/users/me/", headers=bearer)) == nonsense[0], name
        if len(token := forge(refresh)) <= LONGEST_FORM:
            assert seen(shop.refresh(token)) == nonsense[1], name
    assert (nonsense[0][0], nonsense[1][0]) == (401, 401)
    assert len(forgeries()) >= 60
    assert shop.me(good(access)).status_code == 200
    assert shop.refresh(good(refresh)).status_code == 200


def test_only_one_header_is_read(shop: Shop, pair: TokenPair) -> None:
    bearer = ("Authorization", f"Bearer {pair.access}")
    for headers in (
        [bearer, bearer],
        [bearer, ("Authorization", "Bearer nonsense")],
        [("Authorization", "Basic YTpi"), bearer],
        [("Authorization", f"Bearer {pair.access} {pair.access}")],
        [("Authorization", f"Token {pair.access}")],
        [("Authorization", "Basic YTpi")],
        [("X-Authorization", f"Bearer {pair.access}")],
        [("Cookie", f"session={pair.access}; access={pair.access}")],
    ):
        answer = shop.http.get("/api/v1/users/me/", headers=headers)
        assert answer.status_code == 401, headers
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="shop"'
    for name in ("access", "token", "access_token", "jwt"):
        query = shop.http.get("/api/v1/users/me/", params={name: pair.access})
        assert query.status_code in {400, 401}
    assert shop.me(pair.access).status_code == 200
