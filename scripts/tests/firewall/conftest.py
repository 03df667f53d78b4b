import shutil
import subprocess
from collections.abc import Iterator

import pytest

from scripts.tests.firewall.world import Shop, world


def pytest_sessionstart() -> None:
    """The machine's own network is outside all this and must stay as it is."""
    if not shutil.which("nft"):
        raise pytest.UsageError("these tests begin with scripts/firewall_test.sh")


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The world without a firewall, its ports published with Docker's usual rules."""
    with world() as built:
        yield built


@pytest.fixture(scope="session", autouse=True)
def machine_left_alone() -> Iterator[None]:
    """What these tests do stays in the machines they made."""
    before = _rules()
    yield
    assert _rules() == before


def _rules() -> str:
    listed = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True)
    return "\n".join(line for line in listed.stdout.splitlines() if "nexus" in line)
