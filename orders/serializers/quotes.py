from decimal import Decimal
from typing import Any

from django.conf import settings
from rest_framework import serializers

from ecommerce_backend.common.money import is_currency
from ecommerce_backend.common.serializers import (
    CountField,
    CurrencyCodeField,
    MoneyField,
    StrictSerializer,
)
from orders.serializers.addresses import CountryField, PostalAddress

STEPS = ["line", "subtotal", "shipping", "line_tax", "shipping_tax", "tax", "total"]


class FindShipping(serializers.Serializer[Any]):
    """Where to, and the currency to pay in."""

    country = CountryField()
    currency = CurrencyCodeField(
        max_length=3, default=lambda: settings.STORE_CURRENCY, help_text="ISO 4217."
    )

    def validate_currency(self, code: str) -> str:
        if not is_currency(code):
            raise serializers.ValidationError("Use a currency code of ISO 4217, such as USD.")
        return code


class AskForQuote(StrictSerializer):
    """Where the cart should go and how; without a method the cheapest is taken."""

    shipping_address = PostalAddress()
    shipping_method = serializers.SlugField(max_length=64, required=False)


class ExplainQuote(serializers.Serializer[Any]):
    explain = serializers.BooleanField(default=False)


class ShippingMethodOffer(serializers.Serializer[Any]):
    code = serializers.SlugField(max_length=64)
    name = serializers.CharField(max_length=120)
    amount = MoneyField()
    currency = CurrencyCodeField()


class QuotedLineSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=255)
    options = serializers.DictField(child=serializers.CharField())
    quantity = CountField(min_value=1, max_value=999)
    unit_price = MoneyField()
    total = MoneyField(help_text="Before tax.")
    tax_total = MoneyField()


class QuotedTaxSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    rate = serializers.DecimalField(
        max_digits=6,
        decimal_places=3,
        min_value=Decimal(0),
        normalize_output=True,
        help_text="Percent.",
    )
    amount = MoneyField()
    shipping_amount = MoneyField(help_text="How much of it is on shipping.")


class QuoteStep(serializers.Serializer[Any]):
    step = serializers.ChoiceField(STEPS)
    detail = serializers.CharField()
    amount = MoneyField()


class QuoteSerializer(serializers.Serializer[Any]):
    """Every amount the order would have, and the token that holds the shop to them."""

    currency = CurrencyCodeField(source="quote.currency")
    shipping_method = serializers.SlugField(source="quote.shipping.code", max_length=64)
    shipping_methods = ShippingMethodOffer(source="shipping_offers", many=True)
    lines = QuotedLineSerializer(source="quote.lines", many=True)
    subtotal = MoneyField(source="quote.subtotal", currency="quote.currency")
    discount_total = MoneyField(source="quote.discount_total", currency="quote.currency")
    shipping_total = MoneyField(source="quote.shipping_total", currency="quote.currency")
    taxes = QuotedTaxSerializer(source="quote.taxes", many=True)
    tax_total = MoneyField(source="quote.tax_total", currency="quote.currency")
    total = MoneyField(source="quote.total", currency="quote.currency")
    quote = serializers.CharField(source="token", help_text="Send it with the order.")
    expires_at = serializers.DateTimeField()


class ExplainedQuoteSerializer(QuoteSerializer):
    explanation = QuoteStep(many=True, required=False)
