from collections.abc import Mapping
from typing import ClassVar

from ecommerce_backend.common.errors import DomainError

MOST_UNITS = 2**31 - 1


class InsufficientStock(DomainError):
    """`shortages` says how many units of each SKU could be had."""

    code = "insufficient_stock"
    message = "Some items are not available in the quantity you asked for."
    advice = "Show what is left and let the customer choose less."
    extension: ClassVar = {
        "available": {
            "type": "object",
            "description": "Units that can be had, by SKU.",
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": MOST_UNITS},
            "examples": [{"MUG-HARBOUR-OAT": 1}],
        }
    }

    def __init__(self, shortages: Mapping[str, int]) -> None:
        super().__init__(available=dict(shortages))
        self.shortages = shortages


class NotOnHand(DomainError):
    """`shortages` says how many units of each variant, by id, lie where they were promised."""

    code = "not_on_hand"
    message = "Some of it was sold ahead and has not arrived yet."
    advice = "Ship the rest, or wait for the delivery."

    def __init__(self, shortages: Mapping[int, int]) -> None:
        super().__init__()
        self.shortages = shortages


class StockWouldTurnNegative(DomainError):
    code = "stock_would_turn_negative"
    message = "There is not that much on hand that is not promised to an order."
    advice = "Read the stock again; `available` is what can be taken off."
    extension: ClassVar = {
        "available": {"type": "integer", "minimum": 0, "maximum": MOST_UNITS, "examples": [9]}
    }


class BackorderLimitTooLow(DomainError):
    code = "backorder_limit_too_low"
    message = "More than that has been sold ahead already."
    advice = "To take no more, set `policy` to `none`; the limit can stay at `owed`."
    extension: ClassVar = {
        "owed": {"type": "integer", "minimum": 1, "maximum": MOST_UNITS, "examples": [4]}
    }
