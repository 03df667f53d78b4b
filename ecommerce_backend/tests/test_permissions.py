import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from users.models import User
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]


def status_for(user: User | None) -> int:
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client.get("/api/v1/staff-only/").status_code


def test_staff_with_the_permission_come_in() -> None:
    clerk = UserFactory.create(is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_user"))

    assert status_for(clerk) == 200
    assert status_for(UserFactory.create(is_staff=True, is_superuser=True)) == 200


def test_nobody_else_does() -> None:
    customer = UserFactory.create()
    customer.user_permissions.add(Permission.objects.get(codename="view_user"))

    assert status_for(None) == 401
    assert status_for(UserFactory.create()) == 403
    assert status_for(UserFactory.create(is_staff=True)) == 403
    assert status_for(customer) == 403
    assert status_for(UserFactory.create(is_superuser=True)) == 403
