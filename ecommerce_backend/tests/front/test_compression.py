"""What is compressed on the way, and that nothing with a secret in it is."""

import re
from pathlib import Path

import httpx
import pytest
from drf_spectacular.generators import EndpointEnumerator
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from catalog.caching import PubliclyCached
from catalog.models import ProductVariant
from catalog.tests.factories import VariantFactory
from ecommerce_backend.tests.front.readers import Reader, reads
from ecommerce_backend.tests.front.servers import FILES, HOST
from ecommerce_backend.tests.front.test_micro_cache import front

# In no group: pytest-xdist begins with groups, and these empty the tables, roles included.
pytestmark = pytest.mark.django_db(transaction=True)

PRODUCTS = "/api/v1/products/"


@pytest.fixture(autouse=True)
def _answers_to_its_name(settings: Settings) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (100_000, 60))
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]


def test_the_catalogues_location_holds_what_everybody_is_shown_the_same_and_no_more() -> None:
    text = (FILES / "conf.d" / "ecommerce.conf").read_text()
    catalogue = r"include snippets/shop.conf;\n +include snippets/catalogue.conf;"
    (pattern,) = re.findall(rf"location ~ (\S+) \{{\n +{catalogue}", text)
    endpoints = {
        path.replace("{", "").replace("}", ""): issubclass(callback.cls, PubliclyCached)
        for path, _, method, callback in EndpointEnumerator().get_api_endpoints()  # type: ignore[no-untyped-call]
        if method == "GET"
    }

    inside = {path for path in endpoints if re.search(pattern, path)}

    assert inside == {path for path, is_public in endpoints.items() if is_public}
    assert len(inside) == 11


def test_a_page_of_products_is_compressed_and_kept_by_its_tag(
    live_server: LiveServer, tmp_path: Path
) -> None:
    for _ in range(10):
        VariantFactory.create()
    with front(tmp_path, live_server) as door, door.client() as client:
        plain = client.get(PRODUCTS, headers={"Accept-Encoding": "identity"})
        small = client.get(PRODUCTS, headers={"Accept-Encoding": "gzip"})
        tag = small.headers["ETag"]
        again = client.get(PRODUCTS, headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
        past = client.get(
            PRODUCTS, headers={"Authorization": "Bearer x", "If-None-Match": tag}
        )  # by the shop itself

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.content == plain.content
    assert tag == f"W/{plain.headers['ETag']}"  # other bytes, the same meaning
    assert [part.strip() for part in small.headers["Vary"].split(",")] == [
        "Accept-Encoding",
        "Accept",
        "Authorization",
    ]
    assert (again.status_code, again.content) == (304, b"")
    assert past.status_code in {304, 401}


def test_nothing_private_is_compressed(
    live_server: LiveServer, tmp_path: Path, readers: list[Reader], lamp: ProductVariant
) -> None:
    with front(tmp_path, live_server) as door, door.client() as client:
        compressed = {
            address
            for address in reads(readers, lamp.sku)
            for reader in readers[:2]
            if is_compressed(client, address, reader)
        }

    catalogue = re.compile(r"/api/v1/(?:brands|categories|collections|products)/(?:[^/]+/)?$")
    assert {address for address in compressed if not catalogue.search(address)} == set()


def is_compressed(client: httpx.Client, address: str, reader: Reader) -> bool:
    answer = client.get(address, headers={**reader.headers, "Accept-Encoding": "gzip"})
    return "Content-Encoding" in answer.headers
