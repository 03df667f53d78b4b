import socket
from collections.abc import Iterator

import pytest

from catalog.models import ProductVariant
from catalog.tests.factories import BrandFactory, CategoryFactory, CollectionFactory, VariantFactory
from ecommerce_backend.tests.front.readers import Reader, everybody
from ecommerce_backend.tests.front.servers import Front, gunicorn, nginx
from ecommerce_backend.tests.running_shop import free_port
from orders.tests.factories import ShippingRateFactory

# Short, so that a test of a slow client need not be slow; wide, so that many tests pass.
QUICK = (
    "client_header_timeout 1s; client_body_timeout 1s; keepalive_timeout 5s; lingering_timeout 1s;"
)
WIDE = "".join(
    f"limit_req_zone ${key} zone={zone}:1m rate=1000r/s;"
    for key, zone in [
        ("client_network", "general"),
        ("entry_network", "entry"),
        ("checkout_network", "checkout"),
    ]
) + "".join(f"limit_conn_zone $client_network zone={zone}:1m;" for zone in ("connections", "files"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Gunicorn, as nginx reaches it."""
    with gunicorn(tmp_path_factory.mktemp("gunicorn")) as front:
        yield front


@pytest.fixture(scope="session")
def door(shop: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Nginx before the shop, as the world reaches it."""
    folder = tmp_path_factory.mktemp("nginx")
    with nginx(folder, upstream=shop.port, timeouts=QUICK, zones=WIDE) as front:
        yield front


@pytest.fixture
def lamp() -> ProductVariant:
    ShippingRateFactory.create()
    variant: ProductVariant = VariantFactory.create(
        product__slug="lamp",
        product__brand=BrandFactory.create(),
        product__category=CategoryFactory.create(slug="lamps"),
    )
    CollectionFactory.create(slug="winter", products=[variant.product])
    return variant


@pytest.fixture
def readers(lamp: ProductVariant) -> list[Reader]:
    return everybody(lamp)


@pytest.fixture
def closed() -> int:
    return free_port()


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
