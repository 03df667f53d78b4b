"""What the demo shop takes for shipping, and what it takes for the state."""

from decimal import Decimal

from ecommerce_backend.demo.content import load
from orders.models import ShippingMethod, ShippingRate, TaxRate


def publish_rates() -> None:
    """Enter methods, rates and taxes, and leave alone those that are there."""
    for position, method in enumerate(load("rates")["methods"]):
        row, is_new = ShippingMethod.objects.get_or_create(
            code=method["code"], defaults={"name": method["name"], "position": position}
        )
        if is_new:
            ShippingRate.objects.bulk_create(
                ShippingRate(method=row, country=country, currency=currency, amount=Decimal(amount))
                for country, amounts in method["rates"].items()
                for currency, amount in amounts.items()
            )
    TaxRate.objects.bulk_create(
        (
            TaxRate(country=country, name=name, percent=Decimal(percent))
            for country, name, percent in load("rates")["taxes"]
        ),
        ignore_conflicts=True,
    )
