from pathlib import Path

import pytest

from scripts.deploy import terminal
from scripts.deploy.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation in an empty folder, with settings and nothing else."""
    terminal.use_json(is_json=False)
    (tmp_path / ".env.prod").write_text("SHOP_DOMAIN=shop.example\nCOMPOSE_PROJECT_NAME=nexus-x\n")
    return Site(tmp_path)
