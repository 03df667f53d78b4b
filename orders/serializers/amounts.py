import re
from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers

# Decimal() would read "1_0", "1e1" and "１０" as well.
_PLAIN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


class AmountField(serializers.DecimalField):
    """An amount that a client sends, as a decimal string: a JSON number may not be exact."""

    default_error_messages: ClassVar = {
        "not_a_string": 'Send the amount as a string, such as "19.99".'
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=3, min_value=Decimal("0.001"), **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not _PLAIN.fullmatch(data):
            self.fail("not_a_string")
        return super().to_internal_value(data)
