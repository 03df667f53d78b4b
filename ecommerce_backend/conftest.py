import pytest
from django.test import Client


@pytest.fixture
def browser() -> Client:
    """Somebody who looks at pages."""
    return Client(headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})


@pytest.fixture
def program() -> Client:
    """Somebody's script, which takes what comes; errors reach it as answers."""
    return Client(headers={"accept": "*/*"}, raise_request_exception=False)
