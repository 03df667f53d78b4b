"""What PostgreSQL keeps of a password, made here so that the password itself is never sent.

Sources: RFC 5802 §3, RFC 7677, and the form of pg_authid.rolpassword in PostgreSQL's manual.
"""

import base64
import hashlib
import hmac
import os

_ITERATIONS = 4096  # PostgreSQL's own; the passwords are random, not guessed words
_SALT_BYTES = 16


def scram_sha_256(password: str, *, salt: bytes | None = None) -> str:
    """Return the verifier of a password of ASCII letters, digits, hyphens and underscores."""
    salt = os.urandom(_SALT_BYTES) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(part).decode() for part in (salt, stored_key, server_key))
    return "SCRAM-SHA-256${}:{}${}:{}".format(_ITERATIONS, *parts)
