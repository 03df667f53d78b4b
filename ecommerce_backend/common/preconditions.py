"""Changing only what one has seen: strong entity tags and If-Match (RFC 9110 §8.8.3, §13.1.1)."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import orjson
from django.utils.http import parse_etags

from ecommerce_backend.common.errors import DomainError


class PreconditionFailed(DomainError):
    code = "precondition_failed"
    message = "It has changed since you last saw it. Fetch it and try again."
    http_status = 412
    advice = "Fetch it again, decide again, and send the new ETag in If-Match."


def etag_of(shown: Any) -> str:
    """Return the strong tag of an answer's body, which changes whenever anything in it does."""
    body = orjson.dumps(shown, default=str, option=orjson.OPT_NON_STR_KEYS)
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def expected_tags(headers: Mapping[str, str]) -> Collection[str] | None:
    """Return the strong tags of If-Match, None when any version will do.

    A weak tag says that two versions mean the same, not that they are, and so matches nothing;
    nor does anything malformed.
    """
    header = headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    return [tag for tag in parse_etags(header) if not tag.startswith("W/")]
