"""One running demo shop for all tests of the contract."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ecommerce_backend.tests.contract.secure_shop import SecureShop, start_secure_shop
from ecommerce_backend.tests.contract.visitor import Visitor, chromium, visitor
from ecommerce_backend.tests.contract.workshop import Workshop
from ecommerce_backend.tests.running_shop import (
    ADMIN_PASSWORD,
    ROOT,
    RunningShop,
    start_shop,
    stop_shop,
)


@pytest.fixture(scope="session")
def running_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    folder = tmp_path_factory.mktemp("shop")
    shop = start_shop(folder, DEMO="0.1", DEMO_ADMIN_PASSWORD=ADMIN_PASSWORD)
    yield shop
    stop_shop(shop)


@pytest.fixture
def workshop(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A copy of what the guides' commands need, so that they leave nothing in the repository."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(
        ROOT / "scripts" / "contract",
        tmp_path / "scripts" / "contract",
        ignore=shutil.ignore_patterns("node_modules", "build", "schema.ts"),
    )
    tools = Path("scripts") / "contract" / "node_modules"
    (tmp_path / tools).symlink_to(ROOT / tools)
    return Workshop(tmp_path, mypy_cache=tmp_path_factory.getbasetemp() / "mypy")


@pytest.fixture(scope="session")
def secure_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureShop]:
    with start_secure_shop(tmp_path_factory.mktemp("secure_shop")) as shop:
        yield shop


@pytest.fixture(scope="session")
def browser(secure_shop: SecureShop) -> Iterator[Browser]:
    with chromium(secure_shop.front) as browser:
        yield browser


@pytest.fixture
def guest(browser: Browser) -> Iterator[Visitor]:
    """Somebody who comes to the shop for the first time."""
    with visitor(browser) as guest:
        yield guest
