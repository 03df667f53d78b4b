from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from cart.models import CartLine
from users.models import User

_LINE = ("quantity", "created_at")


def held(*, user: User) -> Mapping[str, QuerySet[Any, dict[str, Any]]]:
    """Return what this app holds on a person (settings.DATA_HOLDINGS)."""
    lines = CartLine.objects.filter(cart__customer=user).order_by("pk")
    return {"cart": lines.values(*_LINE, sku=F("variant__sku"))}
