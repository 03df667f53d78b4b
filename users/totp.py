"""The codes of authenticator apps (RFC 6238): six digits, a new one every thirty seconds.

pyotp computes them, cryptography keeps the secret from who reads the database, segno draws it.
`services.codes` decides what a code is good for.
"""

import base64
import hashlib
import secrets
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from pyotp.exceptions import OTPVerificationError

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1  # steps that a phone's clock may be off, either way
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_GROUPS, _GROUP_LENGTH = 6, 4  # 118 bits: no digest of such a code can be searched for


class SecretUnreadable(Exception):
    """The secret was sealed under a key that the shop no longer has."""


def new_secret() -> str:
    """Return 160 random bits in Base32, the length that RFC 4226 §4 recommends."""
    return pyotp.random_base32()


def uri(secret: str, *, account: str) -> str:
    """Return what an app reads from the QR code: the secret under the shop's name."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=settings.STORE_NAME)


def qr_code(text: str) -> str:
    """Return a QR code as an SVG in a data: URI, for the `src` of a picture."""
    code = segno.make_qr(text, error="m")
    return code.svg_data_uri(scale=5, border=4, dark="#000", light="#fff", omitsize=False)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the step that a code belongs to, None when it is of none that is near."""
    app = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    try:
        return app.verify_and_get_timecode(code, for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def seal(secret: str) -> str:
    """Return a secret as it is stored, encrypted under a key that follows from Django's."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return a stored secret, whether it was sealed under the present or the previous key.

    Raises SecretUnreadable.
    """
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def is_sealed_by_present_key(sealed: str) -> bool:
    """Tell whether a stored secret outlives the previous key."""
    try:
        _fernet(settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def new_recovery_codes() -> list[str]:
    return ["-".join(_group() for _ in range(_GROUPS)) for _ in range(RECOVERY_CODES)]


def plain(typed: str) -> str:
    """Return a code of either kind without the blanks and hyphens that people put into it."""
    return "".join(typed.split()).replace("-", "").lower()


def is_code(typed: str) -> bool:
    """Tell whether it looks like a code of an app, rather than a recovery code."""
    return len(typed) == DIGITS and typed.isascii() and typed.isdigit()


def digest(recovery_code: str) -> str:
    """Return what is kept of a recovery code."""
    return hashlib.sha256(plain(recovery_code).encode()).hexdigest()


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH))


def _box() -> MultiFernet:
    return MultiFernet(
        [_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(key: str) -> Fernet:
    derived = salted_hmac("users.totp.seal", "", secret=key, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(derived))
