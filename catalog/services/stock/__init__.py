"""The only code that writes stock: units on shelves, promises to orders, terms of sale."""

from catalog.services.stock.errors import (
    BackorderLimitTooLow,
    InsufficientStock,
    NotOnHand,
    StockWouldTurnNegative,
)
from catalog.services.stock.keeping import adjust, count, receive, transfer
from catalog.services.stock.opening import Opening, open_skus
from catalog.services.stock.promises import allocate, release, ship, take_back
from catalog.services.stock.terms import set_safety_stock, set_terms

__all__ = [
    "BackorderLimitTooLow",
    "InsufficientStock",
    "NotOnHand",
    "Opening",
    "StockWouldTurnNegative",
    "adjust",
    "allocate",
    "count",
    "open_skus",
    "receive",
    "release",
    "set_safety_stock",
    "set_terms",
    "ship",
    "take_back",
    "transfer",
]
