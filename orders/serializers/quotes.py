from typing import Any

from django.conf import settings
from rest_framework import serializers

from ecommerce_backend.common.money import is_currency
from ecommerce_backend.common.serializers import MoneyField
from orders.serializers.addresses import CountryField, PostalAddress


class FindShipping(serializers.Serializer[Any]):
    """Where to, and the currency to pay in."""

    country = CountryField()
    currency = serializers.CharField(
        max_length=3, default=lambda: settings.STORE_CURRENCY, help_text="ISO 4217."
    )

    def validate_currency(self, code: str) -> str:
        if not is_currency(code):
            raise serializers.ValidationError("Use a currency code of ISO 4217, such as USD.")
        return code


class AskForQuote(serializers.Serializer[Any]):
    """Where the cart should go and how; without a method the cheapest is taken."""

    shipping_address = PostalAddress()
    shipping_method = serializers.SlugField(max_length=64, required=False)


class ExplainQuote(serializers.Serializer[Any]):
    explain = serializers.BooleanField(default=False)


class ShippingMethodOffer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    amount = MoneyField()
    currency = serializers.CharField()


class QuotedLineSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField()
    name = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField())
    quantity = serializers.IntegerField()
    unit_price = MoneyField()
    total = MoneyField(help_text="Before tax.")
    tax_total = MoneyField()


class QuotedTaxSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    rate = serializers.DecimalField(
        max_digits=6, decimal_places=3, normalize_output=True, help_text="Percent."
    )
    amount = MoneyField()
    shipping_amount = MoneyField(help_text="How much of it is on shipping.")


class QuoteStep(serializers.Serializer[Any]):
    step = serializers.CharField()
    detail = serializers.CharField()
    amount = MoneyField()


class QuoteSerializer(serializers.Serializer[Any]):
    """Every amount the order would have, and the token that holds the shop to them."""

    currency = serializers.CharField(source="quote.currency")
    shipping_method = serializers.CharField(source="quote.shipping.code")
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
    explanation = QuoteStep(many=True)
