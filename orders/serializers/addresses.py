from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field

from ecommerce_backend.common.serializers import OneLineField, OpaqueField, StrictSerializer
from users.countries import is_country


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["GB"]})
class CountryField(OpaqueField):
    """A country by its ISO 3166-1 alpha-2 code."""

    default_error_messages: ClassVar = {
        "unknown": "Use the two-letter code of a country, such as GB."
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 2, **options})

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if not is_country(code):
            self.fail("unknown")
        return code


class PostalAddress(StrictSerializer):
    """Where something goes. Orders keep it as it was given."""

    full_name = OneLineField(max_length=150)
    company = OneLineField(max_length=150, default="", allow_blank=True)
    line1 = OneLineField(max_length=200)
    line2 = OneLineField(max_length=200, default="", allow_blank=True)
    city = OneLineField(max_length=100)
    region = OneLineField(max_length=100, default="", allow_blank=True)
    postal_code = OneLineField(max_length=20, default="", allow_blank=True)
    country = CountryField()
    phone = OneLineField(max_length=32, default="", allow_blank=True)
