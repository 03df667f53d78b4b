from typing import ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ecommerce_backend.common.serializers import OneLineField, OpaqueField, StrictSerializer
from users.countries import is_country
from users.models import Address


class AddressSerializer(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields: ClassVar = [
            "id",
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
        ]
        read_only_fields = fields


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z]{2}$", "examples": ["US"]})
class CountryField(OpaqueField):
    """An ISO 3166-1 alpha-2 code; "gb" is taken for "GB"."""

    default_error_messages: ClassVar = {
        "unknown_country": "Use an ISO 3166-1 alpha-2 code such as US."
    }

    def to_internal_value(self, data: str) -> str:
        code = super().to_internal_value(data)
        if not (code.isascii() and is_country(code.upper())):
            self.fail("unknown_country")
        return code.upper()


class SaveAddress(StrictSerializer):
    full_name = OneLineField(max_length=150)
    company = OneLineField(max_length=150, allow_blank=True, default="")
    line1 = OneLineField(max_length=200)
    line2 = OneLineField(max_length=200, allow_blank=True, default="")
    city = OneLineField(max_length=100)
    region = OneLineField(max_length=100, allow_blank=True, default="")
    postal_code = OneLineField(max_length=20, allow_blank=True, default="")
    country = CountryField(max_length=2)
    phone = OneLineField(max_length=32, allow_blank=True, default="")
    is_default_shipping = serializers.BooleanField(default=False)
    is_default_billing = serializers.BooleanField(default=False)
