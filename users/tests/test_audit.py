"""What the audit keeps of signing in and of rights."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from catalog.tests.factories import BrandFactory
from ecommerce_backend.common import audit
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users import links
from users.links import Purpose
from users.models import User
from users.services import sessions
from users.tests.factories import PASSWORD, UserFactory, give_role

pytestmark = pytest.mark.django_db
LOGIN = "/api/v1/auth/login/"


def kept() -> list[tuple[str, str, int | None, str | None]]:
    rows = AuditRecord.objects.order_by("pk")
    return [(row.action, row.subject, row.actor_id, row.address) for row in rows]


def test_signing_in_and_failing_to_are_kept_with_the_address(
    api_client: APIClient, customer: User
) -> None:
    form = {"email": customer.email, "password": PASSWORD}
    api_client.post(LOGIN, form, headers={"X-Request-ID": "0123456789"})
    api_client.post(LOGIN, {**form, "password": "wrong"})
    api_client.post(LOGIN, {**form, "email": "nobody@shop.example"})

    own = f"user:{customer.pk}"
    assert kept() == [
        ("sign_in.succeeded", own, customer.pk, "127.0.0.1"),
        ("sign_in.failed", own, None, "127.0.0.1"),
        ("sign_in.failed", "user:unknown", None, "127.0.0.1"),
    ]
    first = AuditRecord.objects.earliest("pk")
    assert first.request_id == "0123456789"
    assert first.details == {"door": "api", "session": customer.login_sessions.get().pk}


def test_the_admins_door_is_watched_too(client: Client) -> None:
    owner = User.objects.create_superuser("owner@shop.example", PASSWORD)
    door = "/admin/login/"
    client.post(door, {"username": owner.email, "password": "wrong"})
    client.post(door, {"username": owner.email, "password": PASSWORD})

    assert [(action, actor) for action, _, actor, _ in kept()] == [
        ("sign_in.failed", None),
        ("sign_in.succeeded", owner.pk),
    ]


def test_a_token_used_twice_is_kept(customer: User) -> None:
    pair = sessions.open_session(user=customer, address=None, user_agent="")
    second = sessions.refresh(raw=pair.refresh)
    sessions.refresh(raw=second.refresh)

    with pytest.raises(sessions.TokenReused):
        sessions.refresh(raw=pair.refresh)

    assert [action for action, *_ in kept()][-2:] == ["token.reused", "sessions.ended"]


@pytest.mark.parametrize("path", ["/api/v1/staff/orders/", "/api/v1/staff/reviews/"])
def test_a_customer_who_tries_the_staffs_doors_is_kept(
    api_client: APIClient, customer: User, path: str
) -> None:
    pair = sessions.open_session(user=customer, address=None, user_agent="")
    bearer = {"Authorization": f"Bearer {pair.access}"}

    assert api_client.get(path, headers=bearer).status_code == 403
    assert api_client.get(path).status_code == 401  # nobody: the log of requests has it

    assert kept()[1:] == [("staff.denied", f"path:{path}", customer.pk, "127.0.0.1")]


def test_rights_given_and_taken_are_kept(client: Client, customer: User) -> None:
    client.force_login(User.objects.create_superuser("owner@shop.example", PASSWORD))
    colleague = give_role(UserFactory.create(is_staff=True), "Support")
    form = {
        "email": colleague.email,
        "first_name": "Grace",
        "last_name": "",
        "is_active": "on",
        "groups": [group.pk for group in colleague.groups.all()],
        "login_sessions-TOTAL_FORMS": "0",
        "login_sessions-INITIAL_FORMS": "0",
        "addresses-TOTAL_FORMS": "0",
        "addresses-INITIAL_FORMS": "0",
    }

    client.post(f"/admin/users/user/{colleague.pk}/change/", form)
    client.post(f"/admin/users/user/{colleague.pk}/change/", form)  # nothing of rights now

    row = AuditRecord.objects.get(action=Action.RIGHTS_CHANGED)
    assert row.subject == f"user:{colleague.pk}"
    assert row.details["is_staff"] is False
    assert row.details["roles"] == ["Support"]


def test_what_was_rolled_back_was_not_done(customer: User) -> None:
    @transaction.atomic
    def fail() -> None:
        audit.record(Action.RIGHTS_CHANGED, subject="user:7")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert kept() == []


def test_the_stream_has_a_line_once_it_is_done(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level(logging.INFO, "audit"):
        audit.record(
            Action.RIGHTS_CHANGED, subject="user:7", actor_id=3, details={"password": "hunter2"}
        )
        assert caplog.records == []

    (line,) = caplog.records
    told: Any = line.msg
    assert (told["event"], told["subject"], told["actor_id"]) == ("rights.changed", "user:7", 3)
    assert "hunter2" not in json.dumps([told["details"], AuditRecord.objects.get().details])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE common_auditrecord SET subject = 'user:8'",
        "DELETE FROM common_auditrecord",
    ],
)
def test_the_table_is_only_added_to(statement: str) -> None:
    audit.record(Action.RIGHTS_CHANGED, subject="user:7")

    with (
        pytest.raises(IntegrityError, match="common_auditrecord is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert kept()[0][1] == "user:7"


def test_what_is_older_than_a_year_and_a_month_is_forgotten() -> None:
    now = timezone.now()
    with connection.cursor() as cursor:
        for days in (399, 401):
            cursor.execute(
                "INSERT INTO common_auditrecord (action, subject, request_id, details, recorded_at)"
                " VALUES ('sign_in.failed', %s, '', '{}', %s)",
                [f"user:{days}", now - timedelta(days=days)],
            )

    assert audit.purge() == 1

    assert [subject for _, subject, *_ in kept()] == ["user:399"]


def test_staff_search_the_audit_and_change_nothing(client: Client) -> None:
    client.force_login(User.objects.create_superuser("owner@shop.example", PASSWORD))
    audit.record(Action.RIGHTS_CHANGED, subject="user:7")
    audit.record(Action.RIGHTS_CHANGED, subject="user:8")
    listed = "/admin/common/auditrecord/"

    page = client.get(listed, {"q": "user:7"}).content.decode()

    assert "user:7" in page
    assert "user:8" not in page
    row = AuditRecord.objects.earliest("pk")
    assert client.post(f"{listed}{row.pk}/change/", {"subject": "x"}).status_code == 403
    assert client.get(f"{listed}add/").status_code == 403


def test_the_stream_tells_of_the_admins_acts_too(
    client: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    owner = User.objects.create_superuser("owner@shop.example", PASSWORD)
    client.force_login(owner)
    brand = BrandFactory.create()
    form = {"post": "yes", "action": "delete_selected", "_selected_action": [brand.pk]}

    with django_capture_on_commit_callbacks(execute=True), caplog.at_level(logging.INFO, "audit"):
        assert client.post("/admin/catalog/brand/", form).status_code == 302

    told: Any = [line.msg for line in caplog.records if line.name == "audit"]
    assert [(t["event"], t["subject"], t["actor_id"], t["details"]) for t in told] == [
        ("admin.changed", f"catalog.brand:{brand.pk}", owner.pk, {"act": "deleted"})
    ]


def test_a_new_password_and_a_new_address_are_kept_without_either(
    customer: User, customer_client: APIClient
) -> None:
    change = {"current_password": PASSWORD, "new_password": "staple and a lighthouse"}
    customer_client.post("/api/v1/auth/password-change/", change)
    customer.refresh_from_db()
    token = links.make(Purpose.CHANGE_EMAIL, customer, extra="ada@new.example")
    APIClient().post("/api/v1/auth/email-change/confirmation/", {"token": token})

    own = f"user:{customer.pk}"
    assert kept()[-2:] == [
        ("password.changed", own, customer.pk, "127.0.0.1"),
        ("email.changed", own, None, "127.0.0.1"),
    ]
    told = json.dumps(list(AuditRecord.objects.values_list("details", flat=True)))
    assert "lighthouse" not in told
    assert "ada@" not in told
