from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecommerce_backend.common import money
from orders.quotes import Item, Quote, ShippingOffer, Snapshot, Tax, compute_quote

amounts = st.decimals(min_value=0, max_value=999_999_999, places=3)


def quote(
    prices: list[tuple[str, int]],
    *,
    currency: str = "USD",
    shipping: str = "0",
    percent: str | None = None,
) -> Quote:
    return compute_quote(
        Snapshot(
            cart_id=1,
            currency=currency,
            country="GB",
            items=tuple(
                Item(
                    variant_id=position,
                    sku=f"SKU-{position}",
                    name="",
                    options={},
                    unit_price=Decimal(price),
                    quantity=quantity,
                )
                for position, (price, quantity) in enumerate(prices)
            ),
            shipping=ShippingOffer(
                code="standard", name="Standard", amount=Decimal(shipping), currency=currency
            ),
            tax=None if percent is None else Tax(name="VAT", percent=Decimal(percent)),
        )
    )


@pytest.mark.parametrize(
    ("price", "percent", "currency", "tax"),
    [
        ("0.05", "10", "USD", "0.01"),  # half a cent goes up
        ("0.04", "10", "USD", "0.00"),
        ("5", "10", "JPY", "1"),  # so does half a yen
        ("4", "10", "JPY", "0"),
        ("0.005", "10", "KWD", "0.001"),
    ],
)
def test_tax_is_rounded_half_up_to_the_unit_of_the_currency(
    price: str, percent: str, currency: str, tax: str
) -> None:
    found = quote([(price, 1)], currency=currency, percent=percent)

    assert found.tax_total == Decimal(tax)


def test_tax_is_rounded_per_line_and_not_on_the_sum() -> None:
    found = quote([("0.05", 1), ("0.05", 1)], shipping="0.05", percent="10")

    assert [line.tax_total for line in found.lines] == [Decimal("0.01"), Decimal("0.01")]
    assert found.taxes[0].shipping_amount == Decimal("0.01")
    assert found.tax_total == found.taxes[0].amount == Decimal("0.03")


def test_a_price_that_nobody_can_pay_is_rounded_before_it_is_multiplied() -> None:
    found = quote([("0.005", 3)])

    assert (found.lines[0].unit_price, found.total) == (Decimal("0.01"), Decimal("0.03"))


@given(
    prices=st.lists(st.tuples(amounts.map(str), st.integers(1, 999)), min_size=1, max_size=100),
    shipping=amounts.map(str),
    percent=st.none() | st.decimals(min_value=0, max_value=100, places=3).map(str),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_whatever_is_in_the_cart_the_amounts_add_up_to_the_last_unit(
    prices: list[tuple[str, int]], shipping: str, percent: str | None, currency: str
) -> None:
    found = quote(prices, currency=currency, shipping=shipping, percent=percent)

    line_tax = sum(line.tax_total for line in found.lines)
    shipping_tax = sum(tax.shipping_amount for tax in found.taxes)
    assert found.subtotal == sum(line.total for line in found.lines)
    assert found.tax_total == line_tax + shipping_tax == sum(tax.amount for tax in found.taxes)
    assert found.total == found.subtotal + found.shipping_total + found.tax_total
    assert found.total < 10**15
    for line in found.lines:
        assert line.total == line.unit_price * line.quantity
        assert money.is_exact(line.unit_price, currency)
        assert money.is_exact(line.tax_total, currency)
