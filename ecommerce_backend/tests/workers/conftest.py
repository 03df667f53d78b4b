from collections.abc import Iterator

import pytest
from django.db import connection

from ecommerce_backend.tests.workers.shop import Shop, three_workers


@pytest.fixture(scope="package")
def shop(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop as it is."""
    with three_workers(tmp_path_factory.mktemp("workers")) as running:
        yield running


@pytest.fixture(autouse=True)
def _leave_no_jobs(transactional_db: None) -> Iterator[None]:
    """Forget the jobs that the workers noted: Django's flush passes over procrastinate's tables."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
