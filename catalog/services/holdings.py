from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from catalog.models import BackInStockRequest
from users.models import User

_REQUEST = ("created_at", "told_at")


def held(*, user: User) -> Mapping[str, QuerySet[Any, dict[str, Any]]]:
    """Return what this app holds on a person (settings.DATA_HOLDINGS)."""
    own = Q(customer=user)
    if user.email_verified_at:  # else anybody could have typed it
        own |= Q(email__iexact=user.email)
    requests = BackInStockRequest.objects.filter(own).order_by("pk")
    return {"back_in_stock_requests": requests.values(*_REQUEST, sku=F("variant__sku"))}
