"""How long a request waits for PostgreSQL.

The server ends statements that take too long (`statement_timeout`); one that is stopped, or whose
host has vanished, ends nothing, and its clients would wait for as long as it lasts.
"""

from collections.abc import Callable
from typing import Any

from psycopg import OperationalError
from psycopg.pq import TransactionStatus

SECONDS = 8  # of waiting for one answer; the server's own limit is five


def losing_patience(
    execute: Callable[..., Any],
    sql: str,
    params: Any,
    many: bool,  # noqa: FBT001 – Django's form
    context: Any,
) -> Any:
    """Wrap a statement, as Django's execute_wrapper wants it: let its connection wait no longer.

    Raises OperationalError, and closes the connection, which may answer anything later.
    """
    raw = context["connection"].connection
    if raw is not None and "wait" not in vars(raw):
        raw.wait = _bounded(raw)
    return execute(sql, params, many, context)


def _bounded(raw: Any) -> Callable[..., Any]:
    wait = raw.wait

    def bounded(generator: Any, interval: float = 0.1) -> Any:
        try:
            return wait(generator, interval=interval, timeout=SECONDS)
        except OperationalError:
            if raw.pgconn.transaction_status == TransactionStatus.ACTIVE:
                raw.close()
            raise

    return bounded
