from typing import ClassVar

from django_filters import rest_framework as filters

from orders.models import Order


class StaffOrderFilter(filters.FilterSet):  # type: ignore[misc]
    """How staff find an order."""

    number = filters.CharFilter(lookup_expr="istartswith", help_text="Its first characters.")
    email = filters.CharFilter(lookup_expr="icontains", help_text="Any part of the address.")
    created_after = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Order
        fields: ClassVar = ["status", "payment_status", "fulfillment_status"]
