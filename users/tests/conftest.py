"""Fixed roles: the customer who asks, a stranger, and staff of each kind."""

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from users.models import User
from users.services import sessions
from users.tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _no_sign_in_hooks(settings: Settings) -> None:
    settings.SIGN_IN_HOOKS = []


@pytest.fixture
def customer() -> User:
    return UserFactory.create(email="ada@shop.example")


@pytest.fixture
def stranger() -> User:
    return UserFactory.create(email="mallory@elsewhere.example")


@pytest.fixture
def pair(customer: User) -> sessions.TokenPair:
    """The customer's session on their own device."""
    return sessions.open_session(user=customer, address="203.0.113.7", user_agent="Firefox")


@pytest.fixture
def customer_client(pair: sessions.TokenPair) -> APIClient:
    """The customer, signed in."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client
