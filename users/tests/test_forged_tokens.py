from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from users.services.sessions import TokenPair

pytestmark = pytest.mark.django_db

OTHER_KEY = "pW7zBq4xT9nLr2VfJd6Gh8Ks3My5Ca0E-of-somebody-else"
Claims = dict[str, Any]


def me(token: str) -> tuple[int, str | None]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = APIClient().get("/api/v1/users/me/", headers=headers)
    return answer.status_code, answer.data.get("code")


def claims_of(token: str) -> Claims:
    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


def forged(
    claims: Claims,
    *,
    key: str = settings.JWT_SIGNING_KEY,
    algorithm: str = "HS256",
    headers: dict[str, Any] | None = None,
) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def seconds_from_now(seconds: int) -> int:
    return int((timezone.now() + timedelta(seconds=seconds)).timestamp())


def test_a_token_signed_again_as_ours_opens(pair: TokenPair) -> None:
    assert me(forged(claims_of(pair.access)))[0] == 200


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "NONE"])
def test_a_token_that_says_it_needs_no_signature_is_refused(
    pair: TokenPair, algorithm: str
) -> None:
    _, payload, signature = pair.access.split(".")
    header = jwt.utils.base64url_encode(f'{{"alg":"{algorithm}","typ":"JWT"}}'.encode()).decode()

    assert me(f"{header}.{payload}.")[0] == 401
    assert me(f"{header}.{payload}.{signature}")[0] == 401


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_even_with_the_right_key(
    pair: TokenPair, algorithm: str
) -> None:
    key = settings.JWT_SIGNING_KEY * 2

    assert me(forged(claims_of(pair.access), key=key, algorithm=algorithm))[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"jwk": {"kty": "oct", "k": jwt.utils.base64url_encode(OTHER_KEY.encode()).decode()}},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"kid": "../../../../dev/null"},
        {"kid": "' OR 1=1 --"},
    ],
)
def test_a_token_cannot_bring_its_own_key(pair: TokenPair, headers: dict[str, Any]) -> None:
    assert me(forged(claims_of(pair.access), key=OTHER_KEY, headers=headers))[0] == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "backoffice"},
        {"exp": seconds_from_now(-60)},
        {"nbf": seconds_from_now(3600)},
        {"token_type": "refresh"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_token_for_another_place_time_or_purpose_is_refused(
    pair: TokenPair, changes: Claims
) -> None:
    assert me(forged(claims_of(pair.access) | changes))[0] == 401


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "token_type", "jti", "sid"])
def test_a_token_that_leaves_something_out_is_refused(pair: TokenPair, claim: str) -> None:
    claims = claims_of(pair.access)
    del claims[claim]

    assert me(forged(claims))[0] == 401


def test_all_refusals_look_alike(pair: TokenPair) -> None:
    claims = claims_of(pair.access)
    bad = [forged(claims, key=OTHER_KEY), forged(claims | {"aud": "x"}), pair.refresh, "nonsense"]

    assert {me(token) for token in bad} == {(401, "token_invalid")}
