import logging

import pytest

from scripts.tests.scaling.shops import fill, new_database, run

# A line for each of some thousand requests says nothing that a failed test does not.
logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def database_url() -> str:
    """The address of a small demo shop's database."""
    url = new_database("scaling")
    fill(url)
    return url


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of what collectstatic collects, without which no page of ours has its style."""
    folder = str(tmp_path_factory.mktemp("static"))
    run("manage.py", "collectstatic", "--no-input", "--verbosity=0", SHOP_STATIC_ROOT=folder)
    return folder
