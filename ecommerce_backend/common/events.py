from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from ecommerce_backend.common.models import Event


def record(event_type: str, *, subject: str, payload: Mapping[str, Any] | None = None) -> Event:
    """Add to the feed that something happened, in the transaction that made it so.

    `event_type` is "order.placed" and the like, `subject` what it happened to ("order:8K2M…").
    Raises RuntimeError outside a transaction, because an event must not outlive its cause.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event_type} was recorded outside a transaction.")
    return Event.objects.create(type=event_type, subject=subject, payload=dict(payload or {}))


def record_all(event_type: str, *, subjects: Iterable[str], payload: Mapping[str, Any]) -> None:
    """Add to the feed that the same happened to many, as `record` does for one; one query.

    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{event_type} was recorded outside a transaction.")
    Event.objects.bulk_create(
        Event(type=event_type, subject=subject, payload=dict(payload)) for subject in subjects
    )
