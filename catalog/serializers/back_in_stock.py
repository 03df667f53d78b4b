from typing import ClassVar

from rest_framework import serializers

from catalog.models import BackInStockRequest, Product
from ecommerce_backend.common.serializers import EmailAddressField, OpaqueField, StrictSerializer
from users.serializers.sign_in import TOKEN_LENGTH
from users.services.accounts import EMAIL_LENGTH


class AskForSku(StrictSerializer):
    """What to wait for."""

    sku = OpaqueField(max_length=64)


class AskAsGuest(AskForSku):
    """What to wait for, and where to write to."""

    email = EmailAddressField(max_length=EMAIL_LENGTH)


class FollowGuestLink(StrictSerializer):
    token = OpaqueField(max_length=TOKEN_LENGTH)


class GuestTold(serializers.Serializer[None]):
    """The same, whether or not the address is in line."""

    detail = serializers.CharField()


class _WantedProduct(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields: ClassVar = ["name", "slug"]


class BackInStockSerializer(serializers.ModelSerializer[BackInStockRequest]):
    """Something a customer waits for."""

    sku = serializers.CharField(source="variant.sku", max_length=64)
    product = _WantedProduct(source="variant.product")
    options = serializers.DictField(source="variant.options", child=serializers.CharField())

    class Meta:
        model = BackInStockRequest
        fields: ClassVar = ["sku", "product", "options", "created_at"]
