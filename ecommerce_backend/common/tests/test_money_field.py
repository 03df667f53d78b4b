from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from rest_framework import serializers

from ecommerce_backend.common.serializers import MoneyField


class LineSerializer(serializers.Serializer[Any]):
    unit_price = MoneyField(currency="order.currency")


def shown(amount: Decimal | None, currency: str) -> Any:
    line = SimpleNamespace(unit_price=amount, order={"currency": currency})
    return LineSerializer(line).data["unit_price"]


def test_money_is_a_string_in_the_decimals_of_the_orders_currency() -> None:
    assert shown(Decimal("19.900"), "USD") == "19.90"
    assert shown(Decimal("1200.000"), "JPY") == "1200"
    assert shown(Decimal("3.5"), "KWD") == "3.500"


def test_no_amount_is_null() -> None:
    assert shown(None, "USD") is None
