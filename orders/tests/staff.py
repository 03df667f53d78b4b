"""People who work in the shop, and what they do to orders through the API."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from orders.models import Order
from users.models import User
from users.tests.factories import UserFactory

URL = "/api/v1/staff/orders/"


def staff_with(*codenames: str) -> User:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def do(client: APIClient, order: Order, noun: str, *, key: str = "", **body: Any) -> Any:
    return client.post(
        f"{URL}{order.number}/{noun}/", body, headers={"Idempotency-Key": key or uuid4().hex}
    )
