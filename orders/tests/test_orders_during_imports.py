"""Orders that are placed while an import of all or nothing has its transaction open."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError, connection

from cart.models import Cart
from catalog.models import CatalogImport, Price, Product, ProductVariant
from catalog.services.bulk_changes import set_status
from catalog.services.imports import running
from catalog.services.imports.background import run_import
from catalog.services.imports.uploads import start_import
from catalog.tests.factories import VariantFactory
from orders.models import Order
from orders.services.placement import QuoteChanged, place_order
from orders.tests.factories import ADDRESS, filled_cart, quote_token, standard_shipping

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = (
    b"sku,name,price,currency\nCHANGED,Bright lamp,25,USD\nNEW-1,Bed,99,USD\nNEW-2,Cup,9,USD\n"
)
Act = Callable[[], Any]


@pytest.fixture
def other() -> ProductVariant:
    standard_shipping()
    return VariantFactory.create(sku="OTHER", price="10", on_hand=5)


@pytest.fixture
def changed() -> ProductVariant:
    return VariantFactory.create(sku="CHANGED", product__name="Lamp", price="10", on_hand=5)


def wish(variant: ProductVariant) -> tuple[Cart, str]:
    cart = filled_cart({variant: 1}, token=f"guest of {variant.sku}")
    return cart, quote_token(cart)


def place(cart: Cart, quote: str) -> Order:
    return place_order(
        cart_id=cart.pk,
        customer=None,
        email=f"{cart.pk}@shop.example",
        shipping_address=ADDRESS,
        billing_address=ADDRESS,
        shipping_method="standard",
        quote=quote,
    )


def import_while(
    acts: list[Act], monkeypatch: pytest.MonkeyPatch, *, first: Act = lambda: None
) -> list[Any]:
    """Import all or nothing, and act after the first of its batches was written.

    Returns what each act returned or raised. `first` is done in the import's own transaction.
    """
    monkeypatch.setattr(running, "BATCH_ROWS", 1)
    write: Any = vars(running)["write_rows"]
    outcomes: list[Any] = []

    def write_and_let_act(rows: Any, **options: Any) -> Any:
        written = write(rows, **options)
        if rows[0].sku == "CHANGED":
            first()
            assert Product.objects.filter(name="Bright lamp").exists()
            with ThreadPoolExecutor(1) as thread:
                outcomes.extend(thread.map(_outcome, acts))
        return written

    monkeypatch.setattr(running, "write_rows", write_and_let_act)
    kept = start_import(
        upload=BytesIO(CONTENT),
        name="a.csv",
        size=len(CONTENT),
        mode=CatalogImport.Mode.ALL_OR_NOTHING,
    )
    run_import(import_id=kept.pk)
    kept.refresh_from_db()
    assert (kept.status, kept.created, kept.updated) == ("succeeded", 2, 1)
    return outcomes


def _outcome(act: Act) -> Any:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - the test looks at it
        return error
    finally:
        connection.close()


def test_orders_are_placed_meanwhile_at_the_prices_that_hold_until_it_is_through(
    other: ProductVariant, changed: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_other, of_changed, late = wish(other), wish(changed), filled_cart({changed: 1}, token="late")
    quoted_before = quote_token(late)

    placed = import_while([partial(place, *of_other), partial(place, *of_changed)], monkeypatch)

    assert [order.lines.get().unit_price for order in placed] == [Decimal(10), Decimal(10)]
    assert [order.lines.get().name for order in placed][1] == "Lamp"
    assert Price.objects.get(variant=changed).amount == Decimal(25)
    with pytest.raises(QuoteChanged):
        place(late, quoted_before)
    changed.stock.refresh_from_db()
    assert (changed.stock.on_hand, changed.stock.allocated) == (5, 1)


def test_were_the_variants_locked_as_for_deleting_an_order_of_one_would_wait(
    other: ProductVariant, changed: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_other, of_changed = wish(other), wish(changed)

    placed, refused = import_while(
        [partial(place, *of_other), partial(place, *of_changed)],
        monkeypatch,
        first=lambda: ProductVariant.objects.select_for_update(no_key=False, of=("self",)).get(
            sku="CHANGED"
        ),
    )

    assert isinstance(placed, Order)
    assert isinstance(refused, OperationalError)
    assert "lock timeout" in str(refused)


def test_staff_who_change_a_product_of_the_file_meanwhile_are_told_to_try_again(
    other: ProductVariant, changed: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, held = import_while(
        [
            partial(set_status, [variant.product_id], status=Product.Status.ARCHIVED)
            for variant in (other, changed)
        ],
        monkeypatch,
    )

    assert free == [other.product_id]
    assert "lock timeout" in str(held)
