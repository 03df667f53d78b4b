from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cart.models import MAX_QUANTITY
from cart.selectors import PricedCart, PricedLine
from catalog.models import Product
from catalog.serializers import Picture
from catalog.services.storefront.pictures import picture
from ecommerce_backend.common.money import is_currency
from ecommerce_backend.common.serializers import (
    CountField,
    CurrencyCodeField,
    MoneyField,
    OpaqueField,
    StrictSerializer,
)

WARNINGS = ["unavailable", "price_changed", "insufficient_stock"]
REASONS = ["currency_mismatch", "quantity_too_large", "cart_full"]


class AddLine(StrictSerializer):
    """What to put into the cart."""

    sku = OpaqueField(max_length=64)
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY, default=1)
    currency = serializers.RegexField(
        r"\A[A-Z]{3}\Z",
        max_length=3,
        required=False,
        help_text="ISO 4217 code for an empty cart; a cart with something in it keeps its own.",
    )

    def validate_currency(self, value: str) -> str:
        if not is_currency(value):
            raise serializers.ValidationError("Use an ISO 4217 code such as USD.")
        return value


class SetLine(StrictSerializer):
    """How many it shall be."""

    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)


class CartProductSerializer(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields = ("slug", "name")


class CartLineSerializer(serializers.Serializer[PricedLine]):
    sku = serializers.CharField(source="offer.variant.sku", max_length=64)
    product = CartProductSerializer(source="offer.variant.product")
    options = serializers.DictField(source="offer.variant.options", child=serializers.CharField())
    image = serializers.SerializerMethodField()
    quantity = CountField(min_value=1, max_value=MAX_QUANTITY)
    unit_price = MoneyField(
        currency="offer.currency",
        allow_null=True,
        help_text="Today's, before tax; null while it has none.",
    )
    total = MoneyField(currency="offer.currency", help_text="Zero while it is not for sale.")
    available = CountField(
        source="offer.available", help_text="Units that could be ordered now. Not promised."
    )
    warnings = serializers.ListField(child=serializers.ChoiceField(WARNINGS))

    @extend_schema_field(Picture(allow_null=True))
    def get_image(self, line: PricedLine) -> dict[str, Any] | None:
        """Return the product's first picture."""
        first = self.context["pictures"].get(line.offer.variant.product_id)
        return picture(first) if first else None


class CartSerializer(serializers.Serializer[PricedCart]):
    """A cart at today's prices. It promises neither price nor stock."""

    token = serializers.SerializerMethodField()
    currency = CurrencyCodeField()
    lines = CartLineSerializer(many=True)
    item_count = CountField(help_text="Units over all lines.")
    subtotal = MoneyField()
    discount_total = MoneyField()
    total = MoneyField(help_text="Before shipping and tax.")

    def get_token(self, _cart: PricedCart) -> str | None:
        """Send it as X-Cart-Token from now on; given once, when a guest's cart is made."""
        token: str | None = self.context.get("token")
        return token


class LeftOutSerializer(serializers.Serializer[Any]):
    sku = serializers.CharField(max_length=64)
    quantity = CountField(min_value=1, max_value=MAX_QUANTITY)
    code = serializers.ChoiceField(REASONS)


class MergedCartSerializer(CartSerializer):
    """The customer's cart after a merge."""

    left_out = serializers.SerializerMethodField()

    @extend_schema_field(LeftOutSerializer(many=True))
    def get_left_out(self, _cart: PricedCart) -> Any:
        """Return what did not fit and stayed in the guest's cart."""
        return LeftOutSerializer(self.context["left_out"], many=True).data
