"""Fixed roles: who counts the stock, and staff who may not."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from rest_framework.test import APIClient

from users.models import User
from users.services import sessions
from users.tests.factories import UserFactory


@pytest.fixture
def stock_keeper() -> User:
    user = UserFactory.create(email="grace@shop.example", is_staff=True)
    names = ["view_stock", "change_stock", "view_stockmovement"]
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="catalog", codename__in=names)
    )
    return user


@pytest.fixture
def stock_client(stock_keeper: User) -> APIClient:
    """Whoever counts the stock, signed in."""
    return client_of(stock_keeper)


@pytest.fixture
def catalogue_manager() -> User:
    user = UserFactory.create(email="catalogue@shop.example", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="catalog",
            content_type__model__in=[
                "product",
                "productvariant",
                "productimage",
                "price",
                "pricelist",
                "pricelistentry",
                "category",
                "brand",
                "collection",
                "catalogimport",
                "attribute",
            ],
        )
    )
    return user


@pytest.fixture
def manager_client(catalogue_manager: User) -> APIClient:
    """Whoever looks after products, signed in."""
    return client_of(catalogue_manager)


@pytest.fixture
def clerk_client() -> APIClient:
    """One of the staff, signed in, without a permission."""
    return client_of(UserFactory.create(email="clerk@shop.example", is_staff=True))


def client_of(user: User) -> APIClient:
    pair = sessions.open_session(user=user, address="203.0.113.7", user_agent="Firefox")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


@pytest.fixture
def admin(client: Client) -> Client:
    """Who may do everything, signed in to the admin."""
    boss = UserFactory.create(email="boss@shop.example", is_staff=True, is_superuser=True)
    client.force_login(boss)
    return client
