"""Fixed roles: a customer who is signed in, and a guest with a cart of their own."""

import pytest
from rest_framework.test import APIClient

from users.models import User
from users.services import sessions
from users.tests.factories import UserFactory

GUEST_TOKEN = "the-token-of-the-guest"  # noqa: S105


@pytest.fixture
def customer() -> User:
    return UserFactory.create(email="ada@shop.example")


@pytest.fixture
def customer_client(customer: User) -> APIClient:
    pair = sessions.open_session(user=customer, address="203.0.113.7", user_agent="Firefox")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


@pytest.fixture
def guest_client() -> APIClient:
    client = APIClient()
    client.credentials(HTTP_X_CART_TOKEN=GUEST_TOKEN)
    return client
