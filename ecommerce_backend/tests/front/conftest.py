from collections.abc import Iterator

import pytest

from ecommerce_backend.tests.front.servers import Front, gunicorn, nginx

# Short, so that a test of a slow client need not be slow; wide, so that many tests pass.
QUICK = (
    "client_header_timeout 1s; client_body_timeout 1s; keepalive_timeout 5s; lingering_timeout 1s;"
)
WIDE = (
    "limit_req_zone $binary_remote_addr zone=requests:1m rate=1000r/s;"
    "limit_conn_zone $binary_remote_addr zone=connections:1m;"
)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Gunicorn, as nginx reaches it."""
    with gunicorn(tmp_path_factory.mktemp("gunicorn")) as front:
        yield front


@pytest.fixture(scope="session")
def door(shop: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Nginx before the shop, as the world reaches it."""
    folder = tmp_path_factory.mktemp("nginx")
    with nginx(folder, upstream=shop.port, timeouts=QUICK, limits=WIDE) as front:
        yield front
