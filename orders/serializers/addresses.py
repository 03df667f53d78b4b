from typing import Any, ClassVar

from rest_framework import serializers

from users.countries import is_country


class CountryField(serializers.CharField):
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


class PostalAddress(serializers.Serializer[dict[str, str]]):
    """Where something goes. Orders keep it as it was given."""

    full_name = serializers.CharField(max_length=150)
    company = serializers.CharField(max_length=150, default="", allow_blank=True)
    line1 = serializers.CharField(max_length=200)
    line2 = serializers.CharField(max_length=200, default="", allow_blank=True)
    city = serializers.CharField(max_length=100)
    region = serializers.CharField(max_length=100, default="", allow_blank=True)
    postal_code = serializers.CharField(max_length=20, default="", allow_blank=True)
    country = CountryField()
    phone = serializers.CharField(max_length=32, default="", allow_blank=True)
