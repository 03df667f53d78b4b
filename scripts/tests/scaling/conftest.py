import pytest

from scripts.tests.scaling.shops import fill, new_database


@pytest.fixture(scope="session")
def database_url() -> str:
    """The address of a small demo shop's database."""
    url = new_database("scaling")
    fill(url)
    return url
