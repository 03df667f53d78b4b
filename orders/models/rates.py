"""What shipping and tax cost, by country."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ecommerce_backend.common.fields import amount_field, currency_field
from ecommerce_backend.common.models import TimestampedModel

_COUNTRY_OR_ANY = r"^([A-Z]{2})?$"


class ShippingMethod(TimestampedModel):
    """A way in which orders reach people."""

    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class ShippingRate(TimestampedModel):
    """A flat price for one method to one country, or to everywhere that has none of its own."""

    method = models.ForeignKey(ShippingMethod, on_delete=models.CASCADE, related_name="rates")
    country = models.CharField(
        max_length=2, blank=True, help_text="ISO 3166-1 alpha-2; empty for everywhere else."
    )
    currency = currency_field()
    amount = amount_field()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="shipping_rate_once", fields=["method", "country", "currency"]
            ),
            models.CheckConstraint(name="shipping_rate_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="shipping_rate_country_code", condition=Q(country__regex=_COUNTRY_OR_ANY)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} to {self.country or 'everywhere else'}"


class TaxRate(TimestampedModel):
    """What a country takes, in percent of goods and shipping. No row, no tax."""

    country = models.CharField(max_length=2, unique=True, help_text="ISO 3166-1 alpha-2.")
    name = models.CharField(max_length=60, help_text="What it is called there: VAT, GST.")
    percent = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="tax_rate_percent_in_range", condition=Q(percent__range=(0, 100))
            ),
            models.CheckConstraint(
                name="tax_rate_country_code", condition=Q(country__regex=r"^[A-Z]{2}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.percent}%"
