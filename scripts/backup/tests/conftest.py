import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.backup.sets import Set
from scripts.backup.tests.installation import Installation, Server, install, server_with_shop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of backups to one worker: a run clears away what killed ones left.

    On the one server that all workers share it would take another's scratch database for that.
    """
    for item in items:
        if "shop_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("backup"))


@pytest.fixture(scope="session")
def shop_server() -> Iterator[Server]:
    """A shop's database that no test changes."""
    with server_with_shop() as server:
        yield server


@pytest.fixture(scope="session")
def _pristine(shop_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = install(tmp_path_factory.mktemp("installation") / "pristine", shop_server)
    made = installation.backup("run")
    assert made.returncode == 0, made.stderr
    return installation


@pytest.fixture
def installation(_pristine: Installation, tmp_path: Path) -> Installation:
    """An installation with one proven set."""
    folder = tmp_path / "i"
    shutil.copytree(_pristine.folder, folder, symlinks=True)
    moved = json.loads(json.dumps(_pristine.environ).replace(str(_pristine.folder), str(folder)))
    return Installation(folder, moved)


@pytest.fixture
def proven(installation: Installation) -> Set:
    """The one set there is."""
    [only] = installation.sets()
    return only
