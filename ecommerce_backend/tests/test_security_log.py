"""Staff find in the security log what happened to whom, quickly in however many rows."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ecommerce_backend.common import audit
from ecommerce_backend.common.admin import AuditPages, meant
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users.models import User
from users.tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db
URL = reverse("admin:common_auditrecord_changelist")


@pytest.fixture
def owner() -> Client:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def ada() -> User:
    return UserFactory.create(email="Ada@shop.example")


def found(client: Client, term: str, **more: str) -> list[str]:
    page = client.get(URL, {"q": term, **more})
    assert page.status_code == 200
    return [record.action for record in page.context["cl"].result_list]


@pytest.fixture
def log(ada: User) -> None:
    record = AuditRecord.objects.create
    record(action=Action.SIGNED_IN, subject=f"user:{ada.pk}", address="203.0.113.7")
    record(action=Action.RIGHTS_CHANGED, subject="user:999999", actor_id=ada.pk)
    record(action=Action.PRICE_CHANGED, subject="price:1", request_id="a" * 32)
    record(action=Action.SIGN_IN_FAILED, subject="user:unknown", address="2001:db8::7")


@pytest.mark.usefixtures("log")
def test_a_person_is_found_by_address_or_number_in_either_part(owner: Client, ada: User) -> None:
    both = ["rights.changed", "sign_in.succeeded"]

    assert found(owner, " ADA@shop.example ") == both
    assert found(owner, str(ada.pk)) == both
    assert found(owner, f"user:{ada.pk}") == ["sign_in.succeeded"]
    assert found(owner, "nobody@shop.example") == []
    assert found(owner, "ada@shop.example", action="rights.changed") == ["rights.changed"]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("term", "actions"),
    [
        ("203.0.113.7", ["sign_in.succeeded"]),
        ("2001:DB8:0::7", ["sign_in.failed"]),
        ("a" * 32, ["price.changed"]),
        ("price:1", ["price.changed"]),
        ("price:", []),
        ("9" * 30, []),
        ("'; --", []),
        ("٣", []),
    ],
)
def test_a_thing_an_address_or_a_request_is_found(
    owner: Client, term: str, actions: list[str]
) -> None:
    assert found(owner, term) == actions


@pytest.mark.parametrize("rows", [1, 60])
def test_its_queries_do_not_grow(
    owner: Client, ada: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        audit.record(Action.SIGNED_IN, subject=f"user:{ada.pk}", actor_id=ada.pk)

    with django_assert_num_queries(5):
        owner.get(URL, {"q": ada.email})


def test_who_may_not_read_it_does_not() -> None:
    client = Client()
    client.force_login(give_role(UserFactory.create(is_staff=True), "Support"))

    assert client.get(URL).status_code == 403


def test_each_search_has_an_index(ada: User) -> None:
    """Of a hundred thousand rows, so that the planner has a reason to choose."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO common_auditrecord"
            " (action, subject, actor_id, address, request_id, details, recorded_at)"
            " SELECT 'sign_in.succeeded', 'user:' || n %% 5000, n %% 5000,"
            " ('10.0.' || n %% 200 || '.' || n %% 250)::inet, md5(n::text), '{}', now()"
            " FROM generate_series(1, 100000) AS n",
            [],
        )
        cursor.execute("ANALYZE common_auditrecord")
    for term in (ada.email, "4999", "user:4999", "10.0.7.7", "c4ca4238a0b923820dcc509a6f75849b"):
        plan = plan_of(term)
        assert "Seq Scan" not in plan, (term, plan)


def plan_of(term: str) -> str:
    rows = AuditRecord.objects.filter(meant(term)).order_by("-id")[:100]
    explained: Any = json.loads(rows.explain(format="json"))
    return json.dumps(explained)


def test_pages_are_counted_to_a_limit(monkeypatch: pytest.MonkeyPatch, ada: User) -> None:
    monkeypatch.setattr(AuditPages, "MOST", 3)
    for _ in range(5):
        audit.record(Action.SIGNED_IN, subject=f"user:{ada.pk}")

    assert AuditPages(AuditRecord.objects.order_by("-id"), 100).count == 3
