"""The codes on the labels."""

import re
from random import Random

_IN_HOUSE = "2"  # EAN-13 numbers from 20 to 29 are for use within a shop (GS1)
_SHORT = 2  # letters of a unit that is written in full


def abbreviated(value: str) -> str:
    """Return what an option is in a SKU: "Slate" → SLATE, "20 cm" → 20CM, "Fig & Moss" → FM."""
    words: list[str] = re.findall(r"[A-Za-z]+|[0-9.]+", value)
    if len(words) == 1:
        return words[0].upper()
    if not words[0][0].isdigit():
        return "".join(word if word[0].isdigit() else word[0] for word in words).upper()
    amount, unit = words[:2]
    if unit[0].isdigit():  # a range or a format: 36–40
        return amount
    return f"{amount}{unit if len(unit) <= _SHORT else unit[0]}".upper()


def barcode(random: Random) -> str:
    """Return an EAN-13 with a right check digit."""
    digits = f"{_IN_HOUSE}{random.randrange(10**11):011}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"
