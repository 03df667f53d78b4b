"""A shop that asks the database for one thing, in the ways that can go wrong.

With CONTROL=unchecked in the environment it takes a kept connection for good, as Django does unless
told; with CONTROL=once it begins no transaction again.
"""

import os
import select
from typing import Any

from ecommerce_backend.wsgi import application  # isort: skip  # the rest needs its set-up
import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend import urls
from ecommerce_backend.common import transactions
from ecommerce_backend.common.transactions import carry_out

__all__ = ["application"]

if os.environ.get("CONTROL") == "unchecked":
    settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
if os.environ.get("CONTROL") == "once":
    transactions.RETRIES = 0


class Ask(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def get(self, request: Request, what: str) -> Response:
        return Response({"answer": getattr(self, what)()})

    def one(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()

    def slow(self) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 20")
            cursor.execute("SELECT pg_sleep(30)")

    def idle(self) -> Any:
        """Be thrown out for doing nothing in a transaction."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 20")
            while connection.connection.pgconn.socket and not _is_readable(
                connection.connection.pgconn.socket
            ):
                os.sched_yield()
            cursor.execute("SELECT 1")

    def read_only(self) -> Any:
        """Write to what has become a replica."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("UPDATE thing SET number = 1")

    def first(self) -> Any:
        self._lock_both(1, 2)

    def second(self) -> Any:
        self._lock_both(2, 1)

    def _lock_both(self, mine: int, theirs: int) -> None:
        """Take two locks, the second once somebody holds that one."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [mine])
            held = 0
            while held < 2:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
                (held,) = cursor.fetchone() or (0,)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [theirs])

    def first_of_two(self) -> Any:
        self._write_both(1, 2)

    def second_of_two(self) -> Any:
        self._write_both(2, 1)

    def _write_both(self, mine: int, theirs: int) -> None:
        """Write to two rows, at the first try each when somebody else has written to the other."""
        meetings = iter(["the first try"])

        def act() -> None:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE pair SET number = number + 1 WHERE id = %s", [mine])
                if next(meetings, None):
                    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [mine])
                    met = 0
                    while met < 2:
                        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
                        (met,) = cursor.fetchone() or (0,)
                cursor.execute("UPDATE pair SET number = number + 1 WHERE id = %s", [theirs])

        carry_out(act)

    def overtaken(self) -> Any:
        with transaction.atomic():
            _be_overtaken()

    def overtaken_once(self) -> Any:
        rivals = iter([_be_overtaken])

        def act() -> None:
            next(rivals, _count)()

        carry_out(act)

    def overtaken_always(self) -> Any:
        carry_out(_be_overtaken)

    def killed(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def _be_overtaken() -> None:
    """Change what somebody else changed since this transaction looked."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT number FROM thing")
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
            other.execute("UPDATE thing SET number = number + 1")
    _count()


def _count() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE thing SET number = number + 1")


def _is_readable(socket: int) -> bool:
    return bool(select.select([socket], [], [], 0)[0])


urls.urlpatterns.append(path("api/v1/ask/<slug:what>/", Ask.as_view()))
