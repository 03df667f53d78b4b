from decimal import Decimal
from typing import Any

from django.db import models

CURRENCY_LENGTH = 3


def amount_field(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    """Return a column for one price: up to 999,999,999 with three decimals (ISO 4217's most)."""
    return models.DecimalField(max_digits=12, decimal_places=3, **options)


def total_field(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    """Return a column for a sum: a hundred lines of 999 of the dearest price fit."""
    return models.DecimalField(max_digits=18, decimal_places=3, **options)


def currency_field(**options: Any) -> "models.CharField[str, str]":
    """Return a column for an ISO 4217 code."""
    return models.CharField(max_length=CURRENCY_LENGTH, **options)
