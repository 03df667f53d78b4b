"""What shipping and tax cost where."""

from orders.models import ShippingRate, TaxRate
from orders.quotes import ShippingOffer, Tax

EVERYWHERE = ""


def shipping_offers(*, country: str, currency: str) -> list[ShippingOffer]:
    """Return how an order can be sent there, in the shop's order, in one query.

    A method's rate for the country goes before its rate for everywhere else.
    """
    rates = (
        ShippingRate.objects.select_related("method")
        .filter(method__is_active=True, country__in=(country, EVERYWHERE), currency=currency)
        .order_by("method__position", "method__code", "-country")
        .distinct("method__position", "method__code")
    )
    return [
        ShippingOffer(
            code=rate.method.code, name=rate.method.name, amount=rate.amount, currency=currency
        )
        for rate in rates
    ]


def tax_in(country: str) -> Tax | None:
    """Return the tax of a country, None where there is none to take."""
    rate = TaxRate.objects.filter(country=country).first()
    return None if rate is None else Tax(name=rate.name, percent=rate.percent)
