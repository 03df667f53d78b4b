"""The shop as it is in production: under its name, behind nginx and HTTPS."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ecommerce_backend.tests.front.conftest import WIDE
from ecommerce_backend.tests.front.servers import HOST, Front, nginx
from ecommerce_backend.tests.running_shop import (
    ADMIN_PASSWORD,
    ROOMY_LIMITS,
    RunningShop,
    start_shop,
    stop_shop,
)
from scripts.journey import Shopper

BASE_URL = f"https://{HOST}"
# A test opens pages faster than people do.


@dataclass(frozen=True, kw_only=True)
class SecureShop:
    """The running shop, and nginx before it."""

    shop: RunningShop
    front: Front
    folder: Path

    @contextmanager
    def shopper(self) -> Iterator[Shopper]:
        """Let a client of the API come, as nginx would send him."""
        shopper = Shopper(self.shop.base_url)
        with shopper.http:
            shopper.http.headers.update({"Host": HOST, "X-Forwarded-Proto": "https"})
            yield shopper

    def log(self) -> str:
        return (self.folder / "web.log").read_text(encoding="utf-8")


@contextmanager
def start_secure_shop(folder: Path) -> Iterator[SecureShop]:
    proxy = folder / "proxy"
    proxy.mkdir()
    shop = start_shop(
        folder,
        DEMO="0.1",
        DEMO_ADMIN_PASSWORD=ADMIN_PASSWORD,
        DJANGO_ALLOWED_HOSTS=f"{HOST},127.0.0.1",
        SHOP_ALLOW_SANDBOX="true",
        SHOP_BASE_URL=BASE_URL,
        SHOP_PAYMENT_PROVIDERS="manual,sandbox",
        SHOP_RATE_LIMITS=ROOMY_LIMITS,
        SHOP_TRUSTED_PROXIES="127.0.0.1/32",
    )
    port = int(shop.base_url.rpartition(":")[2])
    try:
        with nginx(proxy, upstream=port, zones=WIDE, media=f"root {folder};") as front:
            yield SecureShop(shop=shop, front=front, folder=folder)
    finally:
        stop_shop(shop)
