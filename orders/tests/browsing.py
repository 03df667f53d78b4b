"""Staff at work in the admin."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from zeal import zeal_ignore  # type: ignore[import-untyped]

from orders.models import Order
from users.roles import ROLES
from users.tests.factories import UserFactory, give_role

ORDERS = "/admin/orders/order/"


def member_of(role: str) -> Client:
    """Return a browser in which somebody who may do what this role may has signed in."""
    user = UserFactory.create(is_staff=True, email=f"{role.replace(' ', '.')}@shop.example")
    codenames = [name.removeprefix("orders.") for name in ROLES[role]]
    give_role(user, role)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="orders", codename__in=codenames)
    )
    client = Client()
    client.force_login(user)
    return client


def act_on(client: Client, order: Order, name: str, **fields: str) -> Any:
    return client.post(f"{ORDERS}{order.pk}/act/{name}/", {"_do": "x", **fields}, follow=True)


def action_on(client: Client, path: str, action: str, *rows: Any) -> Any:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    with zeal_ignore():  # one transaction per row, on purpose
        return client.post(path, chosen, follow=True)


def buttons(client: Client, order: Order) -> list[str]:
    response = client.get(f"{ORDERS}{order.pk}/change/")
    return [act.name for act in response.context["acts"]]
