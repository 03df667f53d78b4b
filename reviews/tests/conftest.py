"""Fixed roles: the author, a stranger, a moderator, and staff who may only look."""

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from catalog.models import Product
from catalog.tests.factories import ProductFactory
from users.models import User
from users.services import sessions
from users.tests.factories import UserFactory, give_role


def signed_in(user: User) -> APIClient:
    pair = sessions.open_session(user=user, address="203.0.113.7", user_agent="Firefox")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


def staff_with(*codenames: str) -> User:
    user = give_role(UserFactory.create(is_staff=True), "Support")
    permissions = Permission.objects.filter(content_type__app_label="reviews")
    user.user_permissions.set(permissions.filter(codename__in=codenames))
    return user


@pytest.fixture
def product() -> Product:
    return ProductFactory.create(slug="mug", name="Mug")


@pytest.fixture
def author() -> User:
    return UserFactory.create(email="ada@shop.example", first_name="Ada", last_name="Customer")


@pytest.fixture
def author_client(author: User) -> APIClient:
    return signed_in(author)


@pytest.fixture
def stranger_client() -> APIClient:
    return signed_in(UserFactory.create())


@pytest.fixture
def moderator() -> User:
    return staff_with("view_review", "change_review")


@pytest.fixture
def moderator_client(moderator: User) -> APIClient:
    return signed_in(moderator)


@pytest.fixture
def support_client() -> APIClient:
    return signed_in(staff_with("view_review"))
