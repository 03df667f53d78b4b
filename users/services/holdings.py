"""What this app holds on a person, for their copy of it (settings.DATA_HOLDINGS)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from ecommerce_backend.common.models import AuditRecord, Event, IdempotencyRecord
from users.models import Address, LoginSession, SecondFactor, User

_ADDRESS = (
    "full_name",
    "company",
    "line1",
    "line2",
    "city",
    "region",
    "postal_code",
    "country",
    "phone",
    "is_default_shipping",
    "is_default_billing",
    "created_at",
)


def held(*, user: User) -> Mapping[str, QuerySet[Any, dict[str, Any]]]:
    """Return the rows of each kind. No secret is among them, hashed or not."""
    name = f"user:{user.pk}"
    jobs = ProcrastinateJob.objects.filter(
        Q(args__user_id=user.pk) | Q(args__email__iexact=user.email)
    )
    log = AuditRecord.objects.filter(Q(subject=name) | Q(actor_id=user.pk))
    return {
        "account": User.objects.filter(pk=user.pk).values(
            "email", "email_verified_at", "first_name", "last_name", "created_at", "last_login"
        ),
        "addresses": Address.objects.of(user).order_by("pk").values(*_ADDRESS),
        "customer_groups": user.customer_groups.order_by("pk").values("code", "name"),
        "sessions": LoginSession.objects.filter(user=user)
        .order_by("pk")
        .values("created_at", "last_seen_at", "expires_at", "revoked_at", "address", "user_agent"),
        "second_factor": SecondFactor.objects.filter(user=user).values("created_at"),
        "security_log": log.order_by("pk").values("recorded_at", "action", "address", "details"),
        "events": Event.objects.filter(subject=name).order_by("pk").values("recorded_at", "type"),
        "mails": jobs.order_by("pk").values("task_name", "status"),
        "stored_answers": IdempotencyRecord.objects.filter(principal=name)
        .order_by("pk")
        .values("created_at", "route", "status", "body"),
    }
