from typing import Any, ClassVar

from django.core.validators import URLValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ecommerce_backend.common.serializers import (
    CurrencyCodeField,
    MoneyField,
    OneLineField,
    OpaqueField,
    StrictSerializer,
)
from orders.models import Payment, Refund

web_address = URLValidator(schemes=("http", "https"))


class StartPayment(StrictSerializer):
    """How the customer wants to pay, and where the provider sends them back to."""

    provider = OpaqueField(max_length=32)
    return_url = OneLineField(
        max_length=1000, default="", allow_blank=True, validators=[web_address]
    )


@extend_schema_field(
    {
        "type": ["object", "null"],
        "properties": {
            "type": {"type": "string", "enum": ["redirect", "instructions"]},
            "url": {"type": "string", "format": "uri"},
            "text": {"type": "string"},
        },
        "required": ["type"],
    }
)
class NextActionField(serializers.JSONField):
    """What the customer has to do: go to `url`, or follow `text`."""


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    amount = MoneyField()
    captured_total = MoneyField()
    refunded_total = MoneyField()
    next_action = NextActionField(read_only=True)

    class Meta:
        model = Payment
        fields: ClassVar = [
            "reference",
            "provider",
            "status",
            "currency",
            "amount",
            "captured_total",
            "refunded_total",
            "next_action",
            "failure_code",
            "created_at",
        ]


class RefundSerializer(serializers.ModelSerializer[Refund]):
    amount = MoneyField(currency="payment.currency")
    currency = CurrencyCodeField(source="payment.currency")
    payment = serializers.CharField(source="payment.reference")

    class Meta:
        model = Refund
        fields: ClassVar = [
            "reference",
            "payment",
            "status",
            "amount",
            "currency",
            "reason",
            "created_at",
        ]


class NoticeReceipt(serializers.Serializer[Any]):
    """What became of a provider's notice."""

    outcome = serializers.ChoiceField(choices=["applied", "ignored", "quarantined"])
