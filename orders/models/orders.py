"""The promise: what was bought, for how much, and how far it has come."""

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from catalog.models import ProductVariant
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.fields import amount_field, currency_field, total_field
from ecommerce_backend.common.models import TimestampedModel
from users.models import User

NUMBER_LENGTH = 10


class InvalidTransition(DomainError):
    code = "invalid_transition"
    message = "The order can no longer be changed that way."
    advice = "Read the order again; somebody was faster, or it has gone too far."
    extension: ClassVar = {
        "payment_status": {"type": "string", "maxLength": 24, "examples": ["unpaid"]}
    }


def new_order_number() -> str:
    """Return a number that is easy to read aloud and says nothing about sales volume."""
    return get_random_string(NUMBER_LENGTH, allowed_chars="23456789ABCDEFGHJKMNPQRSTVWXYZ")


class OrderQuerySet(models.QuerySet["Order"]):
    def of(self, customer: User) -> Self:
        return self.filter(customer=customer)

    def unpaid_of(self, customer: User | None, *, email: str) -> Self:
        """Keep the unpaid orders of a customer, or of the guests with that e-mail address."""
        unpaid = self.filter(status=Order.Status.PENDING, customer=customer)
        return unpaid if customer else unpaid.filter(email__iexact=email)

    def lock(self, order_id: int) -> "Order":
        """Return the order with its row locked.

        Raises Order.DoesNotExist.
        """
        return self.select_for_update(no_key=True, of=("self",)).get(pk=order_id)

    def overdue(self) -> Self:
        """Keep the orders whose stock is held for a payment that did not come in time."""
        return self.filter(status=Order.Status.PENDING, payment_due_at__lte=timezone.now())


class Order(TimestampedModel):
    """A customer's promise to buy, with names, prices and addresses as they stood then."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for payment"
        CONFIRMED = "confirmed", "Confirmed"
        FULFILLED = "fulfilled", "Shipped"
        COMPLETED = "completed", "Completed"
        CANCELED = "canceled", "Canceled"
        EXPIRED = "expired", "Expired"

    class PaymentStatus(models.TextChoices):
        UNPAID = "unpaid", "Unpaid"
        AUTHORIZED = "authorized", "Authorized"
        PAID = "paid", "Paid"
        PARTIALLY_REFUNDED = "partially_refunded", "Partially refunded"
        REFUNDED = "refunded", "Refunded"
        FAILED = "failed", "Failed"

    class FulfillmentStatus(models.TextChoices):
        UNFULFILLED = "unfulfilled", "Not shipped"
        PARTIALLY_FULFILLED = "partially_fulfilled", "Partly shipped"
        FULFILLED = "fulfilled", "Shipped"
        RETURNED = "returned", "Returned"

    TRANSITIONS: ClassVar[Mapping[str, Set[str]]] = {
        Status.PENDING: frozenset({Status.CONFIRMED, Status.CANCELED, Status.EXPIRED}),
        Status.CONFIRMED: frozenset({Status.FULFILLED, Status.CANCELED}),
        Status.FULFILLED: frozenset({Status.COMPLETED}),
        Status.COMPLETED: frozenset(),
        Status.CANCELED: frozenset(),
        Status.EXPIRED: frozenset(),
    }

    number = models.CharField(
        max_length=NUMBER_LENGTH, unique=True, default=new_order_number, editable=False
    )
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
    )
    email = models.EmailField()
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    payment_status = models.CharField(
        max_length=24, choices=PaymentStatus, default=PaymentStatus.UNPAID
    )
    fulfillment_status = models.CharField(
        max_length=24, choices=FulfillmentStatus, default=FulfillmentStatus.UNFULFILLED
    )
    currency = currency_field()
    subtotal = total_field()
    discount_total = total_field(default=Decimal("0"))
    shipping_total = total_field(default=Decimal("0"))
    tax_total = total_field(default=Decimal("0"))
    total = total_field()
    shipping_method_code = models.CharField(max_length=64)
    shipping_method_name = models.CharField(max_length=120)
    shipping_address = models.JSONField()
    billing_address = models.JSONField()
    # Rates and amounts of tax as the quote had them: [{"name", "rate", "amount"}].
    taxes = models.JSONField(default=list)
    payment_due_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="order_total_adds_up",
                condition=Q(
                    total=F("subtotal") - F("discount_total") + F("shipping_total") + F("tax_total")
                ),
            ),
            models.CheckConstraint(
                name="order_amounts_not_negative",
                condition=Q(
                    subtotal__gte=0,
                    discount_total__gte=0,
                    shipping_total__gte=0,
                    tax_total__gte=0,
                    total__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="order_status_known",
                condition=Q(
                    status__in=[
                        "pending",
                        "confirmed",
                        "fulfilled",
                        "completed",
                        "canceled",
                        "expired",
                    ]
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(name="order_customer_newest", fields=["customer", "-created_at", "-id"]),
            models.Index(name="order_newest", fields=["-created_at", "-id"]),
            models.Index(
                name="order_overdue", fields=["payment_due_at"], condition=Q(status="pending")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def may_become(self, status: str) -> bool:
        return status in self.TRANSITIONS[self.status]

    def transition_to(
        self, status: str, *, actor: User | None, details: Mapping[str, Any] | None = None
    ) -> None:
        """Move to another status and record who did it. Call with the row locked.

        `actor` is None when the shop itself did it. Raises InvalidTransition.
        """
        if not self.may_become(status):
            raise InvalidTransition(
                f"An order that is {self.status} cannot become {status}.", status=self.status
            )
        self.note(status, actor=actor, to_status=status, details=details)
        self.status = status
        self.save(update_fields=["status", "updated_at"])

    def note(
        self,
        kind: str,
        *,
        actor: User | None,
        to_status: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Add to the order's history. `kind` is a past participle: "placed", "paid"."""
        OrderEvent.objects.create(
            order=self,
            kind=kind,
            from_status=self.status if to_status else "",
            to_status=to_status,
            details=dict(details or {}),
            actor=actor,
        )


class OrderLine(models.Model):
    """One SKU of an order; name and price are copied, so that later edits cannot rewrite it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(
        ProductVariant, on_delete=models.PROTECT, related_name="order_lines"
    )
    position = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    options = models.JSONField(default=dict)
    unit_price = amount_field()
    quantity = models.PositiveSmallIntegerField()
    quantity_fulfilled = models.PositiveSmallIntegerField(default=0)
    total = total_field(help_text="unit_price × quantity, before discount and tax.")
    tax_total = total_field(default=Decimal("0"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="order_line_unique_variant", fields=["order", "variant"]),
            models.CheckConstraint(
                name="order_line_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="order_line_not_overfulfilled",
                condition=Q(quantity_fulfilled__lte=F("quantity")),
            ),
            models.CheckConstraint(
                name="order_line_total_adds_up",
                condition=Q(total=F("unit_price") * F("quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"

    @property
    def quantity_open(self) -> int:
        """Units that have not been shipped."""
        return self.quantity - self.quantity_fulfilled


class OrderEvent(models.Model):
    """One step in the life of an order. Rows are added, never changed: a trigger sees to it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=32)
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16, blank=True)
    details = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="order_event_newest", fields=["order", "-created_at", "-id"])
        ]

    def __str__(self) -> str:
        return self.kind
