import logging

import pytest

from scripts.tests.scaling.shops import fill, new_database

# A line for each of some thousand requests says nothing that a failed test does not.
logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def database_url() -> str:
    """The address of a small demo shop's database."""
    url = new_database("scaling")
    fill(url)
    return url
