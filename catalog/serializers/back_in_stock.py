from typing import ClassVar

from rest_framework import serializers

from catalog.models import BackInStockRequest, Product
from ecommerce_backend.common.serializers import OpaqueField, StrictSerializer


class AskForSku(StrictSerializer):
    """What to wait for."""

    sku = OpaqueField(max_length=64)


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
