import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.backup.tests.installation import Installation, Server, install, server_with_shop
from scripts.tests.backup.archiving import archiving_server


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account can pass through, as it cannot through pytest's."""
    made = Path(tempfile.mkdtemp(prefix="nexus-backup-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def archiving(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A shop on a PostgreSQL of its own that archives its changes, as production does."""
    with archiving_server(folder / "server", archive=folder / "i" / "wal") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        with server_with_shop() as server:
            yield server


@pytest.fixture
def archived(archiving: Server, folder: Path) -> Installation:
    """The installation that backs it up."""
    return install(folder / "i", archiving)
