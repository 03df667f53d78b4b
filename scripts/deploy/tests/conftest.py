from pathlib import Path

import pytest

from scripts.deploy import secret_files, terminal
from scripts.deploy.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation in an empty folder, with settings and nothing else."""
    terminal.use_json(is_json=False)
    (tmp_path / ".env.prod").write_text("SHOP_DOMAIN=shop.example\nCOMPOSE_PROJECT_NAME=nexus-x\n")
    return Site(tmp_path)


@pytest.fixture
def secrets_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """An installation with its secrets, whose files the one who runs the tests may own."""
    monkeypatch.setattr("scripts.deploy.secret_files.SECRETS_GROUP", -1)
    site.prepare()
    secret_files.make_missing(site)
    return site
