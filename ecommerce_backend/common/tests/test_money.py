from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import CurrencyDoesNotExist

from ecommerce_backend.common import money

CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])
UNITS = st.integers(-(10**14), 10**14)
WEIGHTS = st.lists(st.decimals(0, 10**6, places=3), min_size=1, max_size=100).filter(
    lambda weights: sum(weights) > 0
)


@pytest.mark.parametrize(
    ("currency", "smallest"),
    [("JPY", Decimal("1")), ("USD", Decimal("0.01")), ("KWD", Decimal("0.001"))],
)
def test_each_currency_has_its_smallest_amount(currency: str, smallest: Decimal) -> None:
    assert money.exponent(currency) == smallest


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1200", "JPY", "1200"),
        ("1200.5", "JPY", "1201"),
        ("1199.49", "JPY", "1199"),
        ("19.99", "USD", "19.99"),
        ("19.9", "USD", "19.90"),
        ("0.005", "USD", "0.01"),
        ("0.015", "USD", "0.02"),  # half-even would agree by chance, the next would not
        ("0.025", "USD", "0.03"),
        ("-0.005", "USD", "-0.01"),
        ("3.5", "KWD", "3.500"),
        ("3.4995", "KWD", "3.500"),
        ("-0.004", "USD", "0.00"),
        ("-0", "JPY", "0"),
        ("999999999999999.999", "KWD", "999999999999999.999"),
        ("1E+3", "USD", "1000.00"),
    ],
)
def test_amounts_are_shown_half_up_in_the_decimals_of_their_currency(
    amount: str, currency: str, shown: str
) -> None:
    assert money.formatted(Decimal(amount), currency) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "payable"),
    [
        ("19.99", "USD", True),
        ("19.990", "USD", True),
        ("19.995", "USD", False),
        ("1.5", "JPY", False),
    ],
)
def test_an_amount_is_exact_when_it_can_be_paid(amount: str, currency: str, payable: bool) -> None:  # noqa: FBT001
    assert money.is_exact(Decimal(amount), currency) is payable


def test_codes_that_are_no_currency_are_known_as_such() -> None:
    assert money.is_currency("USD") is True
    assert money.is_currency("usd") is False
    assert money.is_currency("XXY") is False
    with pytest.raises(CurrencyDoesNotExist):
        money.exponent("XXY")


@pytest.mark.parametrize(
    ("amount", "weights", "currency", "parts"),
    [
        ("10.00", ["1", "1", "1"], "USD", ["3.34", "3.33", "3.33"]),
        ("100", ["1", "1", "1"], "JPY", ["34", "33", "33"]),
        ("-10.00", ["1", "1", "1"], "USD", ["-3.34", "-3.33", "-3.33"]),
        ("0.01", ["5", "5"], "USD", ["0.01", "0.00"]),
        ("1.000", ["2", "1"], "KWD", ["0.667", "0.333"]),
        ("5.00", ["0", "3"], "USD", ["0.00", "5.00"]),
        ("0.00", ["1", "2"], "USD", ["0.00", "0.00"]),
    ],
)
def test_an_amount_is_split_over_its_parts(
    amount: str, weights: list[str], currency: str, parts: list[str]
) -> None:
    split = money.split(Decimal(amount), [Decimal(weight) for weight in weights], currency)

    assert [money.formatted(part, currency) for part in split] == parts


@pytest.mark.parametrize("weights", [[], [Decimal(0)], [Decimal(1), Decimal(-1)]])
def test_there_must_be_something_to_split_over(weights: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="Nothing to divide the amount over"):
        money.split(Decimal("1.00"), weights, "USD")


@given(units=UNITS, weights=WEIGHTS, currency=CURRENCIES)
def test_parts_sum_to_the_amount_and_none_is_a_unit_off(
    units: int, weights: list[Decimal], currency: str
) -> None:
    smallest = money.exponent(currency)
    amount = units * smallest

    parts = money.split(amount, weights, currency)

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert money.is_exact(part, currency)
        assert abs(part - amount * weight / sum(weights)) < smallest


@given(amount=st.decimals(-(10**12), 10**12, places=6), currency=CURRENCIES)
def test_rounding_is_stable_and_never_off_by_more_than_half(amount: Decimal, currency: str) -> None:
    rounded = money.rounded(amount, currency)

    assert money.rounded(rounded, currency) == rounded
    assert abs(rounded - amount) <= money.exponent(currency) / 2
    assert not (rounded.is_zero() and rounded.is_signed())
