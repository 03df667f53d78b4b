"""Transactions that are begun again when PostgreSQL gave them up for the sake of others."""

import random
import time
from collections.abc import Callable
from functools import partial, wraps
from typing import ParamSpec, TypeVar

import structlog
from django.db import OperationalError, connection, transaction

from ecommerce_backend.common.problems import sqlstate_of

RETRIES = 3
PAUSE_SECONDS = 0.02  # at most, before the first; each further one may be twice as long
# Nothing was done, and the same again may well succeed (PostgreSQL, Appendix A).
_GIVEN_UP = frozenset({"40001", "40P01"})  # serialization failure, deadlock

_P = ParamSpec("_P")
_R = TypeVar("_R")
_log = structlog.get_logger("database")


def unit_of_work(act: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let each call of `act` be a transaction, as `carry_out` does it."""

    @wraps(act)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        return carry_out(partial(act, *args, **kwargs))

    return run


def carry_out(act: Callable[[], _R], *, durable: bool = False) -> _R:
    """Run `act` in a transaction, up to three times more when that fell to a deadlock.

    `act` touches nothing but the database, and reads anew what it changes: all else of a try that
    failed is still there in the next. Within another transaction it is a part of that one, which
    alone can be begun again; `durable` refuses to be (RuntimeError). Raises what `act` does, and
    OperationalError when no try went through.
    """
    retries = 0 if connection.in_atomic_block else RETRIES
    for tries in range(retries):
        try:
            with transaction.atomic(durable=durable):
                return act()
        except OperationalError as error:
            sqlstate = sqlstate_of(error)
            if sqlstate not in _GIVEN_UP:
                raise
        _log.warning("transaction_retried", sqlstate=sqlstate, tries=tries + 1)
        # By chance, lest those who met go on to meet at every try.
        time.sleep(random.uniform(0, PAUSE_SECONDS * 2**tries))  # noqa: S311
    with transaction.atomic(durable=durable):
        return act()
