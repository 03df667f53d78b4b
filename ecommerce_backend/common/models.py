from typing import ClassVar

from django.db import models
from django.db.models import Q


class TimestampedModel(models.Model):
    """Audit columns. They are for people and reports; no rule of the shop may read them."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Event(models.Model):
    """Something that happened in the shop, written in the transaction that made it so.

    The feed that mails, webhooks and projections read. Rows are added, never changed.
    """

    type = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(name="event_by_subject", fields=["subject", "id"])]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class AuditRecord(models.Model):
    """Something of consequence that somebody did or was refused (see common.audit).

    Rows are added, never changed; the table itself refuses to forget one that is younger than 400
    days. `actor_id` is no foreign key: the row outlives the account.
    """

    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    actor_id = models.BigIntegerField(null=True)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="audit_record_by_subject", fields=["subject", "id"]),
            models.Index(name="audit_record_by_actor", fields=["actor_id", "id"]),
            models.Index(name="audit_record_by_action", fields=["action", "id"]),
            models.Index(name="audit_record_by_address", fields=["address", "id"]),
            models.Index(name="audit_record_by_request", fields=["request_id", "id"]),
            models.Index(name="audit_record_age", fields=["recorded_at"]),
            models.Index(
                name="audit_record_known_network",
                fields=["subject", "address"],
                condition=Q(action__in=["sign_in.succeeded", "password.reset"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Measurement(models.Model):
    """A number about the shop that is dear to compute, and when a job computed it."""

    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    value = models.BigIntegerField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="measurement_once", fields=["kind", "name"])
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.value}"


class IdempotencyRecord(models.Model):
    """The stored first answer to a request that carried an Idempotency-Key."""

    principal = models.CharField(max_length=80)
    route = models.CharField(max_length=200)
    key_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict, db_default={})
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="idempotency_record_once", fields=["principal", "route", "key_hash"]
            ),
            models.CheckConstraint(
                name="idempotency_record_status_final",
                condition=Q(status__gte=200, status__lt=500),
            ),
        ]
        indexes: ClassVar = [models.Index(name="idempotency_record_age", fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.route} → {self.status}"
