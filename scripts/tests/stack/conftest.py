import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from scripts.tests.stack.load import Load, connect
from scripts.tests.stack.stack import DOMAIN, Stack, installation

SCALE = "0.03"  # of the demo shop: some forty products


@dataclass
class Shop:
    """The installation once it serves, filled with a part of the demo shop."""

    stack: Stack
    init_seconds: float
    init_output: str
    sku: str = ""
    slug: str = ""

    def ask(self, path: str) -> tuple[int, bytes]:
        """Ask through nginx, believing the test's own authority alone."""
        trust = ssl.create_default_context(cafile=str(self.stack.pebble.root))
        connection = connect(self.stack.https, DOMAIN, trust)
        try:
            connection.request("GET", path, headers={"Host": DOMAIN})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        status, body = self.ask(path)
        assert status == 200, body
        return json.loads(body)

    def load(self, rate: float) -> Load:
        return Load(
            self.stack.https,
            DOMAIN,
            rate=rate,
            sku=self.sku,
            slug=self.slug,
            ca=str(self.stack.pebble.root),
        )


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("server")
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)  # containers look into it
    with installation(folder) as stack:
        begun = time.monotonic()
        output = stack.init().stdout
        made = Shop(stack, time.monotonic() - begun, output)
        seed = ["python", "scripts/seed_database.py", "--scale", SCALE]
        web = f"web-{stack.state.color}"
        stack.compose.exec(web, *seed, "--admin-password", stack.password)
        _choose(made)
        yield made


def _choose(shop: Shop) -> None:
    """Find the product that can be bought most often."""
    best = 0
    for card in shop.get("/api/v1/products/?in_stock=true&page_size=30")["results"]:
        for variant in shop.get(f"/api/v1/products/{card['slug']}/")["variants"]:
            if variant["price"] is not None and variant["available"] > best:
                best = variant["available"]
                shop.slug, shop.sku = card["slug"], variant["sku"]
