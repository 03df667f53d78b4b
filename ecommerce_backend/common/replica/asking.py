"""Asking PostgreSQL one question, and waiting for the answer no longer than so many seconds."""

import os
import select
import socket
import time
from contextlib import suppress

import psycopg
from psycopg.pq import ExecStatus


class NoAnswer(Exception):
    """The server did not answer, in time or at all."""


def number_of(
    connection: "psycopg.Connection[object]", query: bytes, *, seconds: float
) -> int | None:
    """Return the one number that a query gives, None for NULL.

    A statement_timeout is kept by the server, which may be what hangs. Raises NoAnswer.
    """
    deadline = time.monotonic() + seconds
    try:
        connection.pgconn.send_query(query)
        answer = None
        while (result := _next_result(connection, deadline)) is not None:
            if result.status != ExecStatus.TUPLES_OK:
                raise NoAnswer(result.error_message.decode(errors="replace").strip())
            answer = result.get_value(0, 0)
    except psycopg.Error as error:
        raise NoAnswer(str(error)) from error
    return None if answer is None else int(answer)


def _next_result(
    connection: "psycopg.Connection[object]", deadline: float
) -> "psycopg.pq.abc.PGresult | None":
    while connection.pgconn.is_busy():
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([connection.pgconn.socket], [], [], left)[0]:
            raise NoAnswer("it hangs")
        connection.pgconn.consume_input()
    return connection.pgconn.get_result()


def cut(connection: "psycopg.Connection[object]") -> None:
    """Let whoever waits for an answer on this connection fail now, in whichever thread."""
    with suppress(OSError, psycopg.Error):
        copy = os.dup(connection.pgconn.socket)
        with socket.socket(fileno=copy) as line:
            line.shutdown(socket.SHUT_RDWR)
