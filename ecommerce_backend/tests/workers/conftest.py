from collections.abc import Iterator

import pytest

from ecommerce_backend.tests.workers.shop import Shop, three_workers


@pytest.fixture(scope="session")
def shop(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop as it is."""
    with three_workers(tmp_path_factory.mktemp("workers")) as running:
        yield running
