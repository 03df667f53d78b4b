import pytest
from django.db import connection
from rest_framework.test import APIClient

from orders.tests.staff import client_of, staff_with
from users.models import User


@pytest.fixture
def empty_queue(db: None) -> None:
    """No job of an earlier test: Django's flush passes over procrastinate's tables."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def manager() -> User:
    """One of the staff who may move orders along."""
    return staff_with("view_order", "change_order")


@pytest.fixture
def manager_client(manager: User) -> APIClient:
    return client_of(manager)
