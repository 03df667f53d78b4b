from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import extend_schema_field

from orders.models import Order
from orders.models.orders import NUMBER_LENGTH
from users.services.accounts import EMAIL_LENGTH


@extend_schema_field({"type": "string", "maxLength": NUMBER_LENGTH})
class _NumberFilter(filters.CharFilter):  # type: ignore[misc]
    pass


@extend_schema_field({"type": "string", "maxLength": EMAIL_LENGTH})
class _EmailFilter(filters.CharFilter):  # type: ignore[misc]
    pass


class _MomentField(IsoDateTimeField):  # type: ignore[misc]
    """A moment in UTC: PostgreSQL refuses offsets of 16 hours and more, RFC 3339 does not."""

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError("There is no such moment.", code="invalid") from error


class _MomentFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]
    field_class = _MomentField


class StaffOrderFilter(filters.FilterSet):  # type: ignore[misc]
    """How staff find an order."""

    number = _NumberFilter(
        lookup_expr="istartswith", max_length=NUMBER_LENGTH, help_text="Its first characters."
    )
    email = _EmailFilter(
        lookup_expr="icontains", max_length=EMAIL_LENGTH, help_text="Any part of the address."
    )
    created_after = _MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = _MomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Order
        fields: ClassVar = ["status", "payment_status", "fulfillment_status"]
