"""Money: what was asked for, what came, what went back."""

from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from ecommerce_backend.common.fields import currency_field, total_field
from ecommerce_backend.common.models import TimestampedModel
from orders.models.orders import Order


def new_reference() -> str:
    """Return an unguessable name for a payment or refund; the provider's idempotency key."""
    return uuid4().hex


class PaymentQuerySet(models.QuerySet["Payment"]):
    def open(self) -> "PaymentQuerySet":
        return self.filter(status__in=Payment.OPEN)

    def lock(self, payment_id: int) -> "Payment":
        """Return the payment with its row locked.

        Raises Payment.DoesNotExist.
        """
        return self.select_for_update(no_key=True, of=("self",)).get(pk=payment_id)


class Payment(TimestampedModel):
    """One attempt to collect what an order costs, with one provider."""

    class Status(models.TextChoices):
        CREATED = "created", "Created"
        PENDING = "pending", "Waiting for the customer"
        CAPTURED = "captured", "Captured"
        FAILED = "failed", "Failed"
        CANCELED = "canceled", "Canceled"

    OPEN: ClassVar = (Status.CREATED, Status.PENDING)

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=Status, default=Status.CREATED)
    currency = currency_field()
    amount = total_field()
    captured_total = total_field(default=Decimal("0"))
    refunded_total = total_field(default=Decimal("0"))
    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    provider_reference = models.CharField(max_length=128, blank=True)
    return_url = models.URLField(max_length=1000, blank=True)
    # What the customer has to do now: {"type": "redirect", "url": …} and the like.
    next_action = models.JSONField(null=True)
    failure_code = models.CharField(max_length=64, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="payment_one_open_per_order",
                fields=["order"],
                condition=Q(status__in=["created", "pending"]),
            ),
            models.UniqueConstraint(
                name="payment_unique_provider_reference",
                fields=["provider", "provider_reference"],
                condition=~Q(provider_reference=""),
            ),
            models.CheckConstraint(
                name="payment_captured_within_amount",
                condition=Q(captured_total__gte=0, captured_total__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="payment_refunded_within_captured",
                condition=Q(refunded_total__gte=0, refunded_total__lte=F("captured_total")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"


class Refund(TimestampedModel):
    """Money on its way back to the customer. Counted in the payment when it is promised."""

    class Status(models.TextChoices):
        PENDING = "pending", "On its way"
        SUCCEEDED = "succeeded", "Paid back"
        FAILED = "failed", "Refused by the provider"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    amount = total_field()
    reason = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=32, unique=True, default=new_reference)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="refund_amount_positive", condition=Q(amount__gt=0))
        ]

    def __str__(self) -> str:
        return self.reference


class ProviderEvent(models.Model):
    """The inbox: each notice of a payment provider once, whatever came of it."""

    class Outcome(models.TextChoices):
        APPLIED = "applied", "Applied"
        IGNORED = "ignored", "Nothing to do"
        QUARANTINED = "quarantined", "Does not fit the payment: look at it"

    provider = models.CharField(max_length=32)
    event_id = models.CharField(max_length=128)
    type = models.CharField(max_length=64)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    payload = models.JSONField()
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.IGNORED)
    detail = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="provider_event_once", fields=["provider", "event_id"])
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.type}"


class SandboxSession(models.Model):
    """The sandbox provider's own memory of one hosted payment. No rule of the shop reads it."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        CANCELED = "canceled", "Canceled"

    token = models.CharField(max_length=64, unique=True)
    payment_reference = models.CharField(max_length=32, unique=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    description = models.CharField(max_length=200)
    currency = currency_field()
    amount = total_field()
    return_url = models.URLField(max_length=1000, blank=True)
    refunds = models.JSONField(default=dict, help_text="Amount by refund reference.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.payment_reference} {self.status}"
