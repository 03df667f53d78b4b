"""Signing keys change while customers are signed in: what the old one signed stays good."""

import jwt
import pytest
from django.conf import settings as configured
from django.core import signing
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from users import tokens
from users.models import LoginSession, RefreshToken
from users.services.sessions import TokenPair
from users.tests.test_refresh import me, refresh

pytestmark = pytest.mark.django_db
OTHER_KEY = "q8Zt2Lw6Vn4Xs1Hd9Kb3Rf7Jy5Mc0Pg-another"


def signed_by_the_other_key(token: str) -> str:
    """Return a token with the same claims, as it would be had the other key signed it."""
    claims = jwt.decode(token, options={"verify_signature": False})
    headers = {"kid": tokens.key_id(OTHER_KEY)}
    return jwt.encode(claims, OTHER_KEY, algorithm="HS256", headers=headers)


def test_an_access_token_of_the_key_before_is_good_while_that_is_known(
    pair: TokenPair, settings: Settings
) -> None:
    old = signed_by_the_other_key(pair.access)
    assert me(old) == 401

    settings.JWT_SIGNING_KEY_PREVIOUS = OTHER_KEY

    assert me(old) == 200
    assert me(pair.access) == 200


def test_a_refresh_token_of_the_key_before_gives_tokens_of_the_new_one(
    api_client: APIClient, pair: TokenPair, settings: Settings
) -> None:
    old = signed_by_the_other_key(pair.refresh)
    assert refresh(api_client, old).status_code == 401

    settings.JWT_SIGNING_KEY_PREVIOUS = OTHER_KEY
    fresh = refresh(api_client, old).data

    for name in ("access", "refresh"):
        claims = jwt.decode(
            fresh[name], configured.JWT_SIGNING_KEY, algorithms=["HS256"], audience="storefront"
        )
        assert claims["sid"] == LoginSession.objects.get().pk


def test_signing_out_with_a_token_of_the_key_before_ends_the_session(
    api_client: APIClient, pair: TokenPair, settings: Settings
) -> None:
    settings.JWT_SIGNING_KEY_PREVIOUS = OTHER_KEY

    old = signed_by_the_other_key(pair.refresh)
    assert api_client.post("/api/v1/auth/logout/", {"refresh": old}).status_code == 204

    assert LoginSession.objects.get().revoked_at is not None


def test_an_answer_lost_while_the_key_changed_can_be_asked_for_again(
    api_client: APIClient, pair: TokenPair, settings: Settings
) -> None:
    jti = jwt.decode(pair.refresh, options={"verify_signature": False})["jti"]
    first = refresh(api_client, pair.refresh)
    assert first.status_code == 200
    # As the process of the other colour made it, which signs with the other key still.
    settings.JWT_SIGNING_KEY_PREVIOUS = OTHER_KEY
    current, other = tokens.possible_successors(jti)
    RefreshToken.objects.filter(jti_hash=current).update(jti_hash=other)

    again = refresh(api_client, pair.refresh)

    assert again.status_code == 200
    assert LoginSession.objects.get().revoked_at is None

    settings.JWT_SIGNING_KEY_PREVIOUS = ""
    assert refresh(api_client, pair.refresh).data["code"] == "token_reused"


def test_the_key_before_signs_nothing(settings: Settings, pair: TokenPair) -> None:
    settings.JWT_SIGNING_KEY_PREVIOUS = OTHER_KEY

    token = tokens.sign_access(session_id=1)

    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, OTHER_KEY, algorithms=["HS256"], audience="storefront")


def test_what_djangos_key_before_signed_is_good_while_that_is_known(
    settings: Settings,
) -> None:
    settings.SECRET_KEY, current = OTHER_KEY, settings.SECRET_KEY
    signed = signing.dumps({"cart": 7}, salt="quote")
    settings.SECRET_KEY = current
    with pytest.raises(signing.BadSignature):
        signing.loads(signed, salt="quote")

    settings.SECRET_KEY_FALLBACKS = [OTHER_KEY]

    assert signing.loads(signed, salt="quote") == {"cart": 7}
