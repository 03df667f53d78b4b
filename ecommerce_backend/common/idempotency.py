"""Idempotency-Key: claim, run and store in one transaction (draft-ietf-httpapi-idempotency-key-08).

The key is a claim on an effect. It is stored as a digest, in the transaction of the effect, so
that after a crash there is either both or neither. Answers from 200 to 499 that the use case gave
are final and replayed; what was refused before it began (a missing field, a stranger) and what
waiting or another look mends (412, 429, 503) is not stored.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.models import IdempotencyRecord
from ecommerce_backend.common.responses import ProblemResponse, refusal
from ecommerce_backend.common.transactions import carry_out

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
MAX_LENGTH = 255
_PASSING = frozenset({412, 429})  # true now, not for good


class KeyRequired(DomainError):
    code = "idempotency_key_required"
    message = "Send an Idempotency-Key header, new for each thing you want done."
    http_status = 400
    advice = "Make a key, such as a UUID, for each thing to be done; send it with every try."


class KeyInvalid(DomainError):
    code = "idempotency_key_invalid"
    message = "An Idempotency-Key is 1 to 255 printable ASCII characters."
    http_status = 400
    advice = "Use a UUID."


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used for another request; use a new one."
    http_status = 422
    advice = "Use a new key for a new request; a repeat must have the same body."


class InProgress(DomainError):
    code = "idempotency_in_progress"
    message = "The first request with this Idempotency-Key is still running; ask again shortly."
    advice = "Wait a second and send the same request with the same key."


def run_once(
    request: Request,
    act: Callable[[], Response],
    *,
    principal: str,
    required: bool = True,
) -> Response:
    """Run `act` once for the request's key and return its first answer on every repeat.

    `act` runs in a transaction, which may be begun again (see transactions), and must not call
    anything outside the database. `principal` says whose key it is ("user:7"), so that two callers
    never share one.
    Raises KeyRequired, KeyInvalid, KeyReused and InProgress.
    """
    key = require_key(request) if required else read_key(request)
    if key is None:
        return carry_out(act)
    claim = {
        "principal": principal,
        "route": f"{request.method} {request.path}",
        "key_hash": hashlib.sha256(key.encode()).hexdigest(),
    }
    fingerprint = _fingerprint(request)

    def claim_and_act() -> Response:
        if not _try_lock("|".join(claim.values())):
            raise InProgress
        record = IdempotencyRecord.objects.filter(**claim).first()
        if record is not None:
            return _replay(record, fingerprint)
        response = _answer(request, act)
        IdempotencyRecord.objects.create(
            **claim,
            fingerprint=fingerprint,
            status=response.status_code,
            headers=_own_headers(response),
            body=_plain(response),
        )
        return response

    return carry_out(claim_and_act, durable=True)


def require_key(request: Request) -> str:
    """Return the key. Raises KeyRequired and KeyInvalid."""
    key = read_key(request)
    if key is None:
        raise KeyRequired
    return key


def read_key(request: Request) -> str | None:
    """Return the key, bare or as the draft's quoted string, or None when there is none.

    Raises KeyInvalid.
    """
    raw = request.headers.get(HEADER)
    if raw is None:
        return None
    key = raw.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not (1 <= len(key) <= MAX_LENGTH and key.isascii() and key.isprintable()):
        raise KeyInvalid
    return key


def purge() -> int:
    """Forget answers that are older than the promised lifetime; return how many."""
    limit = timezone.now() - timedelta(seconds=settings.IDEMPOTENCY_LIFETIME_SECONDS)
    return IdempotencyRecord.objects.filter(created_at__lt=limit).delete()[0]


def _answer(request: Request, act: Callable[[], Response]) -> Response:
    try:
        with transaction.atomic():
            return act()
    except DomainError as error:
        if error.http_status in _PASSING or error.http_status >= 500:  # noqa: PLR2004
            raise
        return refusal(request, error)


def _replay(record: IdempotencyRecord, fingerprint: str) -> Response:
    if record.fingerprint != fingerprint:
        raise KeyReused
    headers = {**record.headers, REPLAYED: "true"}
    if record.status >= 400:  # noqa: PLR2004
        return ProblemResponse(record.body, headers=headers)
    return Response(record.body, record.status, headers=headers)


def _fingerprint(request: Request) -> str:
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(body).hexdigest()


def _own_headers(response: Response) -> dict[str, str]:
    """Return what the use case set (ETag, Location …), without what rendering settles anew.

    No secret is among them: the token of an order or a cart is set on the answer afterwards.
    """
    return {name: value for name, value in response.items() if name != "Content-Type"}


def _plain(response: Response) -> Any:
    return orjson.loads(orjson.dumps(response.data, default=str, option=orjson.OPT_NON_STR_KEYS))


def _try_lock(claim: str) -> bool:
    """Take the claim until the transaction ends, or say at once that somebody has it.

    The unique constraint alone would make a second request wait for the first to finish.
    """
    number = int.from_bytes(hashlib.sha256(claim.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    return bool(row and row[0])
