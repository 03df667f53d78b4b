from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers


class AmountField(serializers.DecimalField):
    """An amount that a client sends, as a decimal string: a JSON number may not be exact."""

    default_error_messages: ClassVar = {
        "not_a_string": 'Send the amount as a string, such as "19.99".'
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=3, min_value=Decimal("0.001"), **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not data.isascii():
            self.fail("not_a_string")
        return super().to_internal_value(data)
