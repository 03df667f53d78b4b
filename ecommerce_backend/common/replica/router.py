"""Which database a query goes to: Django asks this for every one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections
from django.db.models import Model

from ecommerce_backend.env_databases import PRIMARY, REPLICA

READ_APPS = frozenset({"catalog", "reviews"})
_is_reading: ContextVar[bool] = ContextVar("is_reading_from_replica", default=False)


@contextmanager
def reading_from_replica() -> Iterator[None]:
    """Let queries of READ_APPS that only read go to the replica while the block lasts."""
    token = _is_reading.set(True)
    try:
        yield
    finally:
        _is_reading.reset(token)


def is_reading_from_replica() -> bool:
    return _is_reading.get()


class ReplicaRouter:
    """Never leaves a choice to Django, which would write to where an object was read from.

    `select_for_update` asks for the database to write to.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str:  # noqa: ARG002
        is_allowed = _is_reading.get() and model._meta.app_label in READ_APPS  # noqa: SLF001
        if is_allowed and not connections[PRIMARY].in_atomic_block:
            return REPLICA
        return PRIMARY

    def db_for_write(self, model: type[Model], **hints: Any) -> str:  # noqa: ARG002
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:  # noqa: ARG002
        """Both are the same rows, wherever they were read."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:  # noqa: ARG002
        return db == PRIMARY
