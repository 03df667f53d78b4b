"""A shop in which everybody of the matrix asks for everything."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection, transaction
from rest_framework.test import APIClient

from ecommerce_backend.tests.access import rules
from ecommerce_backend.tests.access.rules import Rule, Rules
from ecommerce_backend.tests.conftest import GUEST, World
from ecommerce_backend.tests.input_drive import Attempt, Caller
from orders.tokens import order_token
from users.models import User
from users.roles import ROLES, write_groups
from users.services import sessions
from users.tests.factories import UserFactory

_SERVED = "served"


class Shop(NamedTuple):
    """Who may come, and one request for each route that its owner would be served."""

    world: World
    callers: Mapping[str, Caller]

    def complaints(self, entries: Rules) -> list[str]:
        """Have everybody ask for everything; return what they got that is not as it is said."""
        return [
            f"{name}: {caller} {complaint}"
            for name, rule in entries.items()
            for caller in rules.CALLERS
            for complaint in self._complaints(name, rule, caller)
        ]

    def attempts(self, name: str, rule: Rule) -> dict[str, Attempt]:
        """Return the request for a thing by who holds it, or the only one there is by nobody."""
        method, template = name.split(" ")
        for operation in self.world.operations:
            if (operation.method, operation.template) == (method, template):
                attempt = operation.attempt(name)
                own = operation.path_with({"number": self.world.owners_order})
                if rule.is_of_holders and "{number}" in template:
                    return {rules.GUEST: attempt, rules.CUSTOMER: replace(attempt, path=own)}
                return {"": attempt}
        path = template.replace("{token}", "x" * 43)
        return {"": Attempt(name=name, method=method, path=path)}

    def _complaints(self, name: str, rule: Rule, caller: str) -> Iterator[str]:
        for whose, attempt in self.attempts(name, rule).items():
            refusal = rule.refusals.get(caller)
            if whose and caller != whose:
                refusal = 404
            answer = self.callers[caller].answer(attempt)
            got = _outcome(answer)
            if refusal is None and got not in {_SERVED, *rule.codes}:
                yield f"is refused: {got}"
            if refusal is not None and (got == _SERVED or answer.status_code != refusal):
                yield f"gets {answer.status_code} ({got}), not {refusal}"


def _outcome(answer: Any) -> str:
    """Return "served", or the code of the problem, or the status of another refusal."""
    if answer.get("Content-Type") == "application/problem+json":
        return str(answer.json()["code"])
    is_shown_the_door = answer.get("Location", "").startswith("/admin/login/")
    is_served = answer.status_code < 400 and not is_shown_the_door
    return _SERVED if is_served else str(answer.status_code)


def open_shop(world: World) -> Shop:
    """Let everybody of the matrix in, by access tokens for the API and cookies for pages."""
    write_groups(apps, SimpleNamespace(connection=connection))
    people = {
        rules.CUSTOMER: world.owner,
        rules.STRANGER: UserFactory.create(),
        rules.BARE_STAFF: UserFactory.create(is_staff=True),
        **{role: _in_role(role) for role in ROLES},
        rules.SUPERUSER: UserFactory.create(is_staff=True, is_superuser=True),
    }
    clients = {name: _signed_in(person) for name, person in people.items()}
    savepoint = transaction.savepoint()
    guests_order = next(
        one.arguments["number"] for one in world.operations if "number" in one.arguments
    )
    cart = {"X-Cart-Token": GUEST}  # which customers may have with them, and merge
    tokens = {**cart, "X-Order-Token": order_token(guests_order)}
    return Shop(
        world=world,
        callers={
            rules.ANONYMOUS: Caller(APIClient(), savepoint=savepoint),
            rules.GUEST: Caller(APIClient(), savepoint=savepoint, **tokens),
            **{
                name: Caller(client, savepoint=savepoint, **cart)
                for name, client in clients.items()
            },
        },
    )


def _in_role(role: str) -> User:
    person = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    return person


def _signed_in(person: User) -> APIClient:
    pair = sessions.open_session(user=person, address="203.0.113.7", user_agent="Firefox")
    client = APIClient()
    client.force_login(person)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client
