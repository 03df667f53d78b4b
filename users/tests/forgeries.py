"""Tokens that must open nothing, each made of what a good one says.

Those of `with_our_key` could only be made by us: they show that each check is there, and not only
the one of the signature.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import base64url_encode

from users import tokens

Claims = dict[str, Any]
STRANGERS_KEY = "pW7zBq4xT9nLr2VfJd6Gh8Ks3My5Ca0E-of-somebody-else"
NOBODYS_SESSION = 2**40
DEEP = "[" * 1400


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a forger has: our key, or none, and the claims of a good token."""

    key: str
    claims: Claims

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": "HS256", "kid": tokens.key_id(self.key), "typ": "JWT"}

    def by_us(self, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """Sign as the shop would, with these claims instead."""
        return self.raw(json.dumps(header or self.header), json.dumps(self.claims | changes))

    def by_a_stranger(self, **header: Any) -> str:
        return self.raw(
            json.dumps(self.header | header), json.dumps(self.claims), key=STRANGERS_KEY
        )

    def without(self, claim: str) -> str:
        left = {name: value for name, value in self.claims.items() if name != claim}
        return self.raw(json.dumps(self.header), json.dumps(left))

    def raw(self, header: str, payload: str, *, key: str = "", algorithm: str = "HS256") -> str:
        """Sign texts that no library would write."""
        parts = f"{_part(header)}.{_part(payload)}"
        signer = jwt.get_algorithm_by_name(algorithm)
        signature = signer.sign(parts.encode(), signer.prepare_key(key or self.key))
        return f"{parts}.{base64url_encode(signature).decode()}"

    def unsigned(self, algorithm: str, signature: str = "") -> str:
        header = json.dumps(self.header | {"alg": algorithm})
        return f"{_part(header)}.{_part(json.dumps(self.claims))}.{signature}"


def good(shop: Workshop) -> str:
    return shop.by_us()


def _part(text: str) -> str:
    return base64url_encode(text.encode("utf-8", "surrogatepass")).decode()


Forgery = Callable[[Workshop], str]


def forgeries() -> dict[str, Forgery]:
    return dict([*_without_our_key(), *_with_our_key_odd_header(), *_with_our_key_odd_claims()])


def _without_our_key() -> Iterator[tuple[str, Forgery]]:
    for algorithm in ("none", "None", "nOnE", "NONE", ""):
        yield f"alg {algorithm!r}", lambda shop, alg=algorithm: shop.unsigned(alg)  # type: ignore[misc]
    yield "alg none with a signature", lambda shop: shop.unsigned("none", "AAAA")
    yield "signature left out", lambda shop: good(shop).rpartition(".")[0] + "."
    yield "signature and dot left out", lambda shop: good(shop).rpartition(".")[0]
    yield "signature of another token", _graft
    yield "signed by a stranger", lambda shop: shop.by_a_stranger()
    yield "signed by nothing", lambda shop: shop.by_a_stranger(kid="")
    yield "key in jwk", lambda shop: shop.by_a_stranger(jwk=_jwk())
    yield "key at jku", lambda shop: shop.by_a_stranger(jku="https://evil.example/keys")
    yield "key at x5u", lambda shop: shop.by_a_stranger(x5u="https://evil.example/cert")
    yield "key in x5c", lambda shop: shop.by_a_stranger(x5c=[_part(STRANGERS_KEY)])
    yield "kid of a file", lambda shop: shop.by_a_stranger(kid="../../../../dev/null")
    yield "kid of a query", lambda shop: shop.by_a_stranger(kid="' UNION SELECT 'key' --")
    yield "kid of a stranger", lambda s: s.by_a_stranger(kid=tokens.key_id(STRANGERS_KEY))
    yield "RSA", _rsa
    yield "header too deep", lambda shop: shop.raw(DEEP, "{}", key=STRANGERS_KEY)
    yield "header not an object", lambda shop: shop.raw("[]", "{}", key=STRANGERS_KEY)
    yield "eight kilobytes", lambda _: f"{'A' * 3000}.{'B' * 2500}.{'C' * 2500}"
    yield "not base64", lambda shop: good(shop).replace(".", ".!", 1)
    yield "five parts", lambda shop: good(shop) + ".AAAA.BBBB"
    yield "dots", lambda _: ".."
    yield "not ASCII", lambda shop: good(shop)[:-1] + "é"
    yield "two tokens", lambda shop: f"{good(shop)},{good(shop)}"


def _with_our_key_odd_header() -> Iterator[tuple[str, Forgery]]:
    for algorithm in ("HS384", "HS512"):
        yield (
            f"our key, {algorithm}",
            lambda shop, alg=algorithm: shop.raw(  # type: ignore[misc]
                json.dumps(shop.header | {"alg": alg}), json.dumps(shop.claims), algorithm=alg
            ),
        )
    for name, extra in {
        "crit": {"crit": ["exp"]},
        "crit of what is there": {"crit": ["b64"], "b64": True},
        "kid a number": {"kid": 7},
        "kid empty": {"kid": ""},
        "typ of something else": {"typ": "at+jwt"},
        "jwk beside": {"jwk": {"kty": "oct"}},
    }.items():
        yield f"our key, {name}", lambda s, extra=extra: s.by_us(s.header | extra)  # type: ignore[misc]
    yield "our key, no kid", lambda shop: shop.by_us({"alg": "HS256", "typ": "JWT"})
    yield (
        "our key, alg twice",
        lambda s: s.raw(json.dumps(s.header)[:-1] + ',"alg":"HS256"}', json.dumps(s.claims)),
    )


def _with_our_key_odd_claims() -> Iterator[tuple[str, Forgery]]:
    now = int(time())
    for name, changes in {
        "expired": {"exp": now - 60},
        "exp endless": {"exp": 1e308},
        "exp a text": {"exp": "tomorrow"},
        "exp a list": {"exp": [now + 60]},
        "not valid yet": {"nbf": now + 600},
        "nbf a list": {"nbf": [now]},
        "issued later": {"iat": now + 600},
        "another issuer": {"iss": "https://evil.example"},
        "another audience": {"aud": "backoffice"},
        "another type": {"token_type": "sliding"},
        "session of nobody": {"sid": NOBODYS_SESSION},
        "session a text": {"sid": "1"},
        "session true": {"sid": True},
        "session a fraction": {"sid": 1.5},
        "session a list": {"sid": [1]},
        "session huge": {"sid": 10**40},
        "session negative": {"sid": -1},
        "id a list": {"jti": ["x"]},
        "id a NUL": {"jti": "\0", "sid": NOBODYS_SESSION},
    }.items():
        yield f"our key, {name}", lambda shop, changes=changes: shop.by_us(**changes)  # type: ignore[misc]
    for claim in ("iss", "aud", "exp", "token_type", "jti", "sid"):
        yield f"our key, no {claim}", lambda shop, claim=claim: shop.without(claim)  # type: ignore[misc]
    yield (
        "our key, session twice",
        lambda s: s.raw(json.dumps(s.header), json.dumps(s.claims)[:-1] + ',"sid":1}'),
    )
    yield "our key, claims not an object", lambda s: s.raw(json.dumps(s.header), "[]")


def _graft(shop: Workshop) -> str:
    signature = good(shop).rpartition(".")[2]
    others = shop.raw(json.dumps(shop.header), json.dumps(shop.claims | {"sid": NOBODYS_SESSION}))
    return f"{others.rpartition('.')[0]}.{signature}"


def _jwk() -> dict[str, str]:
    return {"kty": "oct", "k": _part(STRANGERS_KEY)}


def _rsa(shop: Workshop) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(shop.claims, key, "RS256", headers={"kid": shop.header["kid"]})
