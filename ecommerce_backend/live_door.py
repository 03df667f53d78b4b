"""A web worker that says that it lives even when all its threads wait for the database.

A server that hangs keeps every thread of every worker for seconds. Who then asks whether the
process lives must not queue behind them, or somebody restarts workers that are well.
"""

import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

LIVE = b"GET /health/live/ "


class LiveDoorWorker(ThreadWorker):  # type: ignore[misc]  # the library is untyped
    """Gunicorn's threads, and one more for those who ask whether they live."""

    def init_process(self) -> None:
        self._door = ThreadPoolExecutor(1, thread_name_prefix="live-door")
        super().init_process()

    def enqueue_req(self, conn: Any) -> None:
        """Give a request to a thread; a connection that has not brought one yet waits for it."""
        try:
            begins = conn.sock.recv(len(LIVE), socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            if not conn.initialized:
                self._await_request(conn)
                return
            begins = b""  # it was read together with the one before
        except OSError:
            begins = b""  # who handles the connection meets it again
        pool = self._door if begins == LIVE else self.tpool
        handled = pool.submit(self.handle, conn)
        handled.add_done_callback(partial(self._finish_later, conn))

    def _await_request(self, conn: Any) -> None:
        """Wait without a thread, as Gunicorn does for who has kept one waiting for too long."""
        conn.sock.setblocking(False)  # noqa: FBT003 – Python's form
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, readable)

    def _cap_keepalive(self, deadline: float) -> None:
        """When the worker stops, wait no longer for a first request than for another one."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _finish_later(self, conn: Any, handled: Future[object]) -> None:
        self.method_queue.defer(self.finish_request, conn, handled)
