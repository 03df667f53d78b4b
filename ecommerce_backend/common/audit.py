"""Who did what of consequence: a table that is only added to, and a stream of the log.

`record` writes a row, in the transaction of the deed, and a line once that is committed; `announce`
only the line, for deeds that a ledger of their own keeps already (stock movements, the events of
orders, the admin's history).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Any

import structlog
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from ecommerce_backend import metrics
from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.models import AuditRecord
from ecommerce_backend.redaction import safe

KEPT = timedelta(days=400)  # a year and a month; the table refuses to forget what is younger
NOBODY = "user:unknown"

_log = structlog.get_logger("audit")
_request: ContextVar[HttpRequest | None] = ContextVar("audit_request", default=None)


class Action(StrEnum):
    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_FAILED = "sign_in.failed"
    EMAIL_CHANGED = "email.changed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    SESSIONS_ENDED = "sessions.ended"
    TOKEN_REUSED = "token.reused"  # noqa: S105
    REAUTHENTICATION_FAILED = "reauthentication.failed"
    SECOND_FACTOR_ADDED = "second_factor.added"
    SECOND_FACTOR_REMOVED = "second_factor.removed"
    SECOND_FACTOR_RESET = "second_factor.reset"
    RECOVERY_CODES_MADE = "recovery_codes.made"
    RECOVERY_CODE_USED = "recovery_code.used"
    ACCOUNT_ERASED = "account.erased"
    DATA_EXPORTED = "data.exported"
    STAFF_DENIED = "staff.denied"
    RIGHTS_CHANGED = "rights.changed"
    PRICE_CHANGED = "price.changed"
    PRICES_CHANGED = "prices.changed"
    PRICE_LIST_CHANGED = "price_list.changed"
    CUSTOMER_GROUP_CHANGED = "customer_group.changed"
    STOCK_ADJUSTED = "stock.adjusted"
    STOCK_TERMS_CHANGED = "stock.terms_changed"
    REFUND_PROMISED = "refund.promised"
    ADMIN_CHANGED = "admin.changed"


@contextmanager
def on_behalf_of(request: HttpRequest) -> Iterator[None]:
    """Let what is recorded until the block ends name the request: its id, address and user."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def record(
    action: Action,
    *,
    subject: str,
    actor_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditRecord:
    """Keep that somebody did, or was refused, something.

    `subject` is what it was done to ("user:7"); without `actor_id` it was whoever the request at
    hand is from. No secret and no name belongs in `details`: the row outlives the account.
    """
    row = AuditRecord.objects.create(
        action=action,
        subject=subject,
        actor_id=actor_id or _user_id(),
        address=_address(),
        request_id=_request_id(),
        details=safe(dict(details or {})),
    )
    announce(action, subject=subject, actor_id=row.actor_id, details=row.details)
    return row


def announce(
    action: Action,
    *,
    subject: str,
    actor_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Tell the stream of something that another ledger keeps, once it is committed."""
    fields = {
        "subject": subject,
        "actor_id": actor_id or _user_id(),
        "address": _address(),
        "details": dict(details or {}),
    }

    def tell() -> None:
        metrics.count_audit_record(action=action)
        _log.info(action.value, **fields)

    transaction.on_commit(tell, robust=True)


def purge() -> int:
    """Forget records older than KEPT; return how many."""
    return AuditRecord.objects.filter(recorded_at__lt=timezone.now() - KEPT).delete()[0]


def _user_id() -> int | None:
    user = getattr(_request.get(), "user", None)
    return user.pk if user is not None and user.is_authenticated else None


def _address() -> str | None:
    request = _request.get()
    try:
        return str(ip_address(client_address(request))).partition("%")[0] if request else None
    except ValueError:  # a socket file, whose peer has no address
        return None


def _request_id() -> str:
    return getattr(_request.get(), "request_id", "")
