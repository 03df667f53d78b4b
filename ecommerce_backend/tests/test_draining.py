import http.client
import json
from pathlib import Path

import psutil
import pytest

from ecommerce_backend.tests.front.servers import HOST, Front, gunicorn

CONNECTIONS = 40


def master_of(shop: Front) -> psutil.Process:
    (process,) = (
        child
        for child in psutil.Process().children(recursive=True)
        if f"127.0.0.1:{shop.port}" in child.cmdline() and child.children()
    )
    return process


def connected(shop: Front) -> http.client.HTTPConnection:
    """Return a connection over which the shop has answered before."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=30)
    assert status_by(connection) != "draining"
    return connection


def status_by(connection: http.client.HTTPConnection) -> str:
    connection.request("GET", "/health/ready/", headers={"Host": HOST})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    if body["status"] == "draining":
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "2"
        assert answer.headers["Connection"] == "close"
    return str(body["status"])


@pytest.mark.usefixtures("db")
def test_a_shop_that_was_told_to_stop_says_so_on_the_connections_it_still_has(
    tmp_path: Path,
) -> None:
    with gunicorn(tmp_path, WEB_THREADS="4") as shop:
        waiting = [connected(shop) for _ in range(CONNECTIONS)]
        master_of(shop).terminate()

        # The signal takes a moment to reach the worker; answers until then are as before.
        said = next((s for s in map(status_by, waiting) if s == "draining"), "")

        assert said == "draining"
        for connection in waiting:
            connection.close()
