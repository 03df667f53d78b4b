"""A person's copy of everything the shop holds on them (GDPR Art. 15 and 20).

A small one is answered at once. A large one is made by a job and kept in the database for a week:
not in the storage of pictures, which anybody may read.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from users.models import DataExport, User
from users.services import mailing
from users.services.accounts import AccountClosed, lock_account

KEPT = timedelta(days=7)
GIVEN_UP_AFTER = timedelta(days=1)  # of one whose job failed for good

Holdings = Mapping[str, QuerySet[Any, dict[str, Any]]]


def export(*, user: User) -> bytes | None:
    """Return the copy as JSON; None while a job makes it, for which the first call asks.

    Raises AccountClosed.
    """
    made = DataExport.objects.filter(user=user).first()
    if made is None:
        holdings = _holdings(user)
        if sum(rows.count() for rows in holdings.values()) > settings.EXPORT_AT_ONCE_ROWS:
            _ask_for(user)
            return None
        content = _written(holdings)
    elif made.content is None:
        return None
    else:
        content = bytes(made.content)
    audit.record(Action.DATA_EXPORTED, subject=f"user:{user.pk}", details={"bytes": len(content)})
    return content


def make(*, user_id: int) -> None:
    """Make the copy that was asked for, and tell its owner; nothing for who is erased by now."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    content = _written(_holdings(user))
    with transaction.atomic():
        try:
            owner = lock_account(user)
        except AccountClosed:
            return
        if DataExport.objects.filter(user=owner, content=None).update(
            content=content, ready_at=timezone.now()
        ):
            mailing.tell_later(owner, "export_ready")


def purge() -> int:
    """Forget copies that lay for a week, and those that were never made; return how many."""
    now = timezone.now()
    lapsed = Q(ready_at__lt=now - KEPT) | Q(ready_at=None, requested_at__lt=now - GIVEN_UP_AFTER)
    return DataExport.objects.filter(lapsed).delete()[0]


@transaction.atomic
def _ask_for(user: User) -> None:
    _, is_new = DataExport.objects.get_or_create(user=lock_account(user))
    if is_new:
        app.configure_task("users.make_export").defer(user_id=user.pk)


def _holdings(user: User) -> Holdings:
    found: dict[str, QuerySet[Any, dict[str, Any]]] = {}
    for name in settings.DATA_HOLDINGS:
        found |= import_string(name)(user=user)
    return found


def _written(holdings: Holdings) -> bytes:
    everything = {name: list(rows) for name, rows in holdings.items()}
    shown = {"exported_at": timezone.now(), **everything}
    return orjson.dumps(shown, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS)
