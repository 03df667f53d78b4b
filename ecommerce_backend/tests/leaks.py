"""Ways in which a secret gets into a log line, each with the secret."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PASSWORD = "hunter2-Correct-Horse"  # noqa: S105
JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"
    ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
)
OPAQUE = "q7Zp3vKx9TfW2mRb8sLc"
CARD = "4111111111111111"
RESET = "c3x5b1-0123456789abcdef0123456789abcdef"
HASH = "argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHQ$RdescudvJCsgt3ub"


class Headers(dict[str, str]):
    """Something whose text shows what is in it, as request objects do."""

    def __repr__(self) -> str:
        return f"<Headers {dict(self)!r}>"


@dataclass(frozen=True)
class Leak:
    """`fields` of one log event; `secret` must not be found in its line."""

    what: str
    fields: Mapping[str, Any]
    secret: str


def _in_text(what: str, text: str, secret: str) -> Leak:
    return Leak(what, {"detail": text}, secret)


def _in_error(what: str, error: Exception, secret: str) -> Leak:
    return Leak(what, {"exc_info": error}, secret)


def _raised(cause: Callable[[], object]) -> Exception:
    try:
        cause()
    except Exception as error:  # noqa: BLE001 – whatever it is, it is what we want
        return error
    raise AssertionError


def _fail_because(cause: Exception) -> None:
    raise RuntimeError("could not sign in") from cause


def _with_locals() -> Exception:
    def sign_in(password: str) -> None:
        raise ValueError(f"could not sign in with {locals()}")

    return _raised(lambda: sign_in(PASSWORD))


BY_NAME = [
    *(
        Leak(f"field {name}", {name: PASSWORD}, PASSWORD)
        for name in (
            "password",
            "new_password",
            "PASSWORD_AGAIN",
            "passwd",
            "db_pwd",
            "passphrase",
            "refresh_token",
            "client_secret",
            "Authorization",
            "Set-Cookie",
            "otp",
            "csrfmiddlewaretoken",
            "api_key",
            "X-Api-Key",
            "private_key",
            "session_key",
            "credentials",
            "cvv",
        )
    ),
    Leak("nested field", {"body": {"user": {"password": PASSWORD}}}, PASSWORD),
    Leak("field in a list", {"forms": [{"a": 1}, ({"otp": OPAQUE},)]}, OPAQUE),
    Leak("an object's own text", {"headers": Headers({"X-Cart-Token": OPAQUE})}, OPAQUE),
    Leak("a secret as a key", {"seen": {f"Bearer {OPAQUE}": 1}}, OPAQUE),
]
IN_TEXT = [
    _in_text("bearer", f"Authorization: Bearer {JWT}", JWT.split(".")[2]),
    _in_text("bearer, opaque", f"sent Bearer {OPAQUE} to the shop", OPAQUE),
    _in_text("basic", "Authorization: Basic YWRhOmh1bnRlcjItQ29ycmVjdA==", "YWRhOmh1bnRlcjI"),
    _in_text("basic alone", "Basic YWRhOmh1bnRlcjItQ29ycmVjdA== was refused", "YWRhOmh1bnRlcjI"),
    _in_text("jwt alone", f"token of the request: {JWT}.", JWT.split(".")[1]),
    _in_text("jwt in a path", f"/verify/{JWT}/", JWT.split(".")[2]),
    _in_text("cookie", f"Cookie: theme=dark; session={OPAQUE}; csrf=abc", OPAQUE),
    _in_text("set-cookie", f"Set-Cookie: __Host-session={OPAQUE}; Secure; HttpOnly", OPAQUE),
    _in_text(
        "headers of Python", f"{{'Cookie': 'a=b; session={OPAQUE}', 'Accept': '*/*'}}", OPAQUE
    ),
    _in_text("environ", f"{{'HTTP_AUTHORIZATION': 'Token {OPAQUE}', 'PATH_INFO': '/'}}", OPAQUE),
    _in_text("cart token header", f"X-Cart-Token: {OPAQUE}", OPAQUE),
    _in_text("JSON", json.dumps({"email": "ada@shop.example", "password": PASSWORD}), PASSWORD),
    _in_text("JSON with a quote", json.dumps({"password": f'a"b{PASSWORD}'}), PASSWORD),
    _in_text("JSON in JSON", json.dumps({"body": json.dumps({"password": PASSWORD})}), PASSWORD),
    _in_text(
        "JSON in JSON in JSON",
        json.dumps(json.dumps(json.dumps({"otp": OPAQUE, "a": 1}))),
        OPAQUE,
    ),
    _in_text("nested JSON", json.dumps({"a": [{"b": {"refresh": 1, "token": OPAQUE}}]}), OPAQUE),
    _in_text("Python", repr({"password": PASSWORD, "a": 1}), PASSWORD),
    _in_text("Python bytes", repr({"password": PASSWORD.encode()}), PASSWORD),
    _in_text("dataclass", f"SignIn(email='ada', password='{PASSWORD}')", PASSWORD),
    _in_text("query", f"GET /?page=2&password={PASSWORD}&a=1", PASSWORD),
    _in_text("query, encoded name", f"/api/?access_token={OPAQUE}", OPAQUE),
    _in_text("form", f"email=ada%40shop.example&new_password={PASSWORD}", PASSWORD),
    _in_text("sentence", f"the password is wrong: password={PASSWORD}", PASSWORD),
    _in_text("yaml", f"database:\n  password: {PASSWORD}\n", PASSWORD),
    _in_text("shell", f"export JWT_SIGNING_KEY={OPAQUE}", OPAQUE),
    _in_text("environment", f"DJANGO_SECRET_KEY={OPAQUE} DEBUG=0", OPAQUE),
    _in_text("reset address", f"https://shop.example/password/reset/MQ/{RESET}/", RESET),
    _in_text("reset query", f"https://shop.example/reset?token={RESET}", RESET),
    _in_text("verification address", f"/verify-email/{OPAQUE}/", OPAQUE),
    _in_text("magic link", f"see https://shop.example/magic-link/{OPAQUE}", OPAQUE),
    _in_text("card", f"card {CARD} declined", CARD),
    _in_text("card with blanks", "card 4111 1111 1111 1111 declined", "1111 1111 1111"),
    _in_text("card with dashes", "5500-0055-5555-5559", "5555-5559"),
    _in_text("card, American Express", "paid by 378282246310005", "378282246310005"),
    _in_text("card in JSON", json.dumps({"number": CARD}), CARD),
    Leak("card as a number", {"paid_by": int(CARD)}, CARD),
    _in_text("database address", f"postgresql://shop:{PASSWORD}@db:5432/shop", PASSWORD),
    _in_text("database address, odd", "postgresql://shop:pa/ss:w@rd-77x@db/shop", "rd-77x"),
    _in_text("redis address", f"redis://:{PASSWORD}@cache:6379/0", PASSWORD),
    _in_text("sentinel address", f"redis+sentinel://:{PASSWORD}@a:1,b:2/shop/0", PASSWORD),
    _in_text("error reporter's address", f"https://{OPAQUE}@o1.reports.example/7", OPAQUE),
    _in_text("dsn of libpq", f"host=db user=shop password='{PASSWORD}' dbname=shop", PASSWORD),
    _in_text("password hash", f"stored {HASH}", "RdescudvJCsgt3ub"),
    _in_text("bcrypt", "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "URNNX3kh2"),
    _in_text("provider's key", "key sk_" + "live_51H8xQ2eZvKYlo2C used", "51H8xQ2eZvKYlo2C"),
    _in_text("webhook secret", "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjU"),
    _in_text("cloud key", "AKIA" + "IOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE"),
    _in_text("backup key", "AGE-SECRET-KEY-1" + "QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", "QQPZRY9X"),
    _in_text(
        "private key",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----",
        "MIIEvQIBADANBgkqhkiG9w0",
    ),
    _in_text(
        "private key, cut", "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBg", "MIIEvQIBADANBg"
    ),
]
IN_ERRORS = [
    _in_error("an error's message", ValueError(f"bad header: Bearer {OPAQUE}"), OPAQUE),
    _in_error("a traceback with locals", _with_locals(), PASSWORD),
    _in_error(
        "a KeyError",
        _raised(lambda: dict[str, int]()[f"redis://:{PASSWORD}@cache:6379/0"]),
        PASSWORD,
    ),
    _in_error(
        "a chain of errors",
        _raised(lambda: _fail_because(ValueError(f"password={PASSWORD}"))),
        PASSWORD,
    ),
    Leak("an error as a field", {"reason": ValueError(f"token={OPAQUE}")}, OPAQUE),
    Leak("an error's arguments", {"reason": ValueError({"password": PASSWORD})}, PASSWORD),
]
ODD = [
    Leak("bytes", {"body": b'{"password": "' + PASSWORD.encode() + b'"}'}, PASSWORD),
    Leak("invalid UTF-8", {"body": b"\xff\xfe password=" + PASSWORD.encode()}, PASSWORD),
    Leak("half a character", {"body": f"\udcff password={PASSWORD}"}, PASSWORD),
    Leak("a NUL", {"body": f"\0password={PASSWORD}\0"}, PASSWORD),
    Leak("a megabyte before it", {"body": "x" * 1_000_000 + f" password={PASSWORD}"}, PASSWORD),
    Leak("a megabyte after it", {"body": f"password={PASSWORD} " + "x" * 1_000_000}, PASSWORD),
    Leak("a megabyte of it", {"body": f"password={PASSWORD} " * 30_000}, PASSWORD),
    Leak("a broken line", {"body": f"password={PASSWORD}\n" + '{"event": "forged"}'}, PASSWORD),
    Leak("other letters", {"body": f"Passwört … password={PASSWORD}"}, PASSWORD),
]


LEAKS = [*BY_NAME, *IN_TEXT, *IN_ERRORS, *ODD]
# What looks alarming and is not: it must come through, or nobody trusts the log.
HARMLESS = [
    "the secret recipe",
    "Bearer authentication is needed",
    "basic authentication",
    "/api/v1/products/mug-blue/reviews/",
    "order 8K2M4XQP9V confirmed",
    "2026-11-24T18:00:00.123456Z",
    "https://shop.example/reset/",
    "1732471200123 ms",
    "4111111111111112 is no card: its check digit is wrong",
    "0.4111111111111111",
    "6f1d3c5e8f0a4f439b643b1c0c9be1f2",
    "https://shop.example:8443/path?page=2",
    "ada@shop.example asked for price_total=12.50",
    "UPDATE catalog_stock SET on_hand = 5 WHERE id = 7",
]
