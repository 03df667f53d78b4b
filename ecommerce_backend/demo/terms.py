"""Prices beside the usual ones: for the trade, and for who buys by the dozen."""

from collections.abc import Sequence
from decimal import Decimal

from catalog.models import Price, PriceList, Product
from catalog.services.price_lists import ListEntry, create_price_list, put_entries
from ecommerce_backend.common import money
from ecommerce_backend.demo.customers import Shopper
from users.services.customer_groups import add_member, create_group

PRODUCTS = 12  # that have such prices
DOZEN = 12


def agree_on_terms(products: Sequence[Product], shoppers: Sequence[Shopper]) -> None:
    """Let the last customer with an account be of the trade, and write both lists."""
    trade = create_group(code="trade", name="Trade")
    customer = next(shopper for shopper in reversed(shoppers) if shopper.user)
    add_member(group=trade, email=customer.email)
    chosen = list(
        Price.objects.filter(variant__product__in=products[:PRODUCTS])
        .select_related("variant")
        .order_by("variant__sku", "currency")
    )
    _put(create_price_list(name="Trade", customer_group=trade), chosen, off=20, quantity=1)
    _put(create_price_list(name="By the dozen"), chosen, off=10, quantity=DOZEN)


def _put(price_list: PriceList, prices: Sequence[Price], *, off: int, quantity: int) -> None:
    share = Decimal(100 - off) / 100
    entries = [
        ListEntry(
            sku=price.variant.sku,
            currency=price.currency,
            min_quantity=quantity,
            amount=money.rounded(price.amount * share, price.currency),
        )
        for price in prices
    ]
    put_entries(price_list=price_list, entries=entries)
