"""Orders whose stock is really allocated, so that every invariant holds."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cart.models import Cart, CartLine
from cart.selectors import token_digest
from catalog.models import ProductVariant
from catalog.services import stock
from catalog.tests.factories import VariantFactory
from orders.models import (
    Order,
    OrderLine,
    Shipment,
    ShipmentLine,
    ShippingMethod,
    ShippingRate,
    TaxRate,
)
from orders.services.payments import capture_manually
from orders.services.placement import place_order
from orders.services.quoting import quote_cart
from orders.tokens import sign_quote
from users.models import User
from users.tests.factories import UserFactory

ADDRESS: dict[str, str] = {
    "full_name": "Ada Customer",
    "company": "",
    "line1": "1 Analytical Row",
    "line2": "",
    "city": "London",
    "region": "",
    "postal_code": "N1 9GU",
    "country": "GB",
    "phone": "",
}


class ShippingMethodFactory(DjangoModelFactory[ShippingMethod]):
    class Meta:
        model = ShippingMethod

    code = factory.Sequence(lambda n: f"method-{n}")
    name = factory.Sequence(lambda n: f"Method {n}")


class ShippingRateFactory(DjangoModelFactory[ShippingRate]):
    """Five dollars to everywhere."""

    class Meta:
        model = ShippingRate

    method = factory.SubFactory(ShippingMethodFactory)
    country = ""
    currency = "USD"
    amount = Decimal("5.00")


class TaxRateFactory(DjangoModelFactory[TaxRate]):
    class Meta:
        model = TaxRate

    country = "GB"
    name = "VAT"
    percent = Decimal("20")


class OrderFactory(DjangoModelFactory[Order]):
    """An unpaid order of a guest, without lines; OrderLineFactory adds them."""

    class Meta:
        model = Order

    email = "guest@shop.example"
    currency = "USD"
    subtotal = Decimal("0")
    total = Decimal("0")
    shipping_method_code = "standard"
    shipping_method_name = "Standard"
    shipping_address = factory.LazyFunction(lambda: dict(ADDRESS))
    billing_address = factory.LazyFunction(lambda: dict(ADDRESS))
    payment_due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=15))


class OrderLineFactory(DjangoModelFactory[OrderLine]):
    """One unit at ten dollars; the order's totals and the stock follow.

    `quantity_fulfilled` units have left in a parcel. Lines of dead orders hold no stock.
    """

    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    variant = factory.SubFactory(VariantFactory)
    unit_price = Decimal("10.00")
    quantity = 1

    @classmethod
    def _create(cls, model_class, *, order, variant, quantity_fulfilled=0, **fields):  # type: ignore[no-untyped-def]
        total = fields["unit_price"] * fields["quantity"]
        line = model_class.objects.create(
            order=order,
            variant=variant,
            position=order.lines.count(),
            sku=variant.sku,
            name=variant.product.name,
            options=variant.options,
            total=total,
            **fields,
        )
        order.subtotal += total
        order.total += total
        order.save()
        if order.status not in {Order.Status.CANCELED, Order.Status.EXPIRED}:
            stock.allocate({variant.pk: line.quantity}, reference=order.number)
        if quantity_fulfilled:
            _ship(line, quantity_fulfilled)
        return line


def _ship(line: OrderLine, quantity: int) -> None:
    stock.ship({line.variant_id: quantity}, reference=line.order.number)
    shipment = Shipment.objects.create(order=line.order, carrier="Post", tracking_number="RR1")
    ShipmentLine.objects.create(shipment=shipment, order_line=line, quantity=quantity)
    line.quantity_fulfilled = quantity
    line.save()


def filled_cart(
    quantities: Mapping[ProductVariant, int],
    *,
    customer: User | None = None,
    token: str = "guest-token",  # noqa: S107
    currency: str = "USD",
) -> Cart:
    """Return the cart of a customer or of a guest's token with these units added to it."""
    owner: dict[str, Any] = (
        {"customer": customer} if customer else {"token_hash": token_digest(token)}
    )
    cart, _ = Cart.objects.get_or_create(**owner, defaults={"currency": currency})
    for variant, quantity in quantities.items():
        price = variant.prices.filter(currency=currency).first()
        CartLine.objects.create(
            cart=cart,
            variant=variant,
            quantity=quantity,
            seen_price=price.amount if price else Decimal("0"),
        )
    return cart


def standard_shipping() -> ShippingMethod:
    """Return the method "standard": five dollars to everywhere."""
    method, is_new = ShippingMethod.objects.get_or_create(
        code="standard", defaults={"name": "Standard"}
    )
    if is_new:
        ShippingRateFactory.create(method=method)
    return method


def quote_token(cart: Cart, *, method: str | None = None, country: str = "GB") -> str:
    """Return the token of what the cart would cost now."""
    quotation = quote_cart(
        cart=cart, shipping_address={**ADDRESS, "country": country}, shipping_method=method
    )
    return sign_quote(quotation.quote)[0]


def paid_order(
    *, customer: User | None = None, quantities: Mapping[ProductVariant, int] | None = None
) -> Order:
    """Return a placed order whose money has been seen on the shop's account."""
    order = placed_order(customer=customer, quantities=quantities)
    capture_manually(order=order, actor=UserFactory.create(is_staff=True))
    order.refresh_from_db()
    return order


def placed_order(
    *,
    customer: User | None = None,
    quantities: Mapping[ProductVariant, int] | None = None,
    email: str = "guest@shop.example",
) -> Order:
    """Return an order that went through quote and placement; one unit at ten dollars."""
    standard_shipping()
    cart = filled_cart(quantities or {VariantFactory.create(): 1}, customer=customer)
    return place_order(
        cart_id=cart.pk,
        customer=customer,
        email=customer.email if customer else email,
        shipping_address=ADDRESS,
        billing_address=ADDRESS,
        shipping_method="standard",
        quote=quote_token(cart, method="standard"),
    )
