import json

from scripts.tests.stack.conftest import Shop
from scripts.tests.stack.stack import wait_until


def test_a_closed_shop_says_when_to_come_back(shop: Shop) -> None:
    stack = shop.stack
    stack.deploy("maintenance", "on", "--retry-after", "120")
    status, body = shop.ask("/api/v1/cart/")
    assert status == 503
    assert json.loads(body)["status"] == 503

    stack.deploy("maintenance", "off")
    wait_until(lambda: shop.ask("/api/v1/cart/")[0] == 200)


def test_migrations_can_be_looked_at(shop: Shop) -> None:
    assert shop.stack.deploy("migrate", "check").returncode == 0
    assert shop.stack.deploy("migrate", "plan").returncode == 0
