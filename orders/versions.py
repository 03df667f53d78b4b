"""The version of an order as staff see it: nobody acts on what a colleague changed meanwhile."""

from typing import Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ecommerce_backend.common.preconditions import PreconditionFailed, etag_of, expected_tags
from orders import selectors
from orders.models import Order
from orders.serializers.staff import StaffOrderSerializer
from orders.services.locking import lock_with_payments

IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Do it only if this is still the ETag of the order as staff see it; else 412.",
)
ETAG: Final = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The version of the order, for If-Match.",
    response=True,
)


def shown(order: Order) -> Response:
    """Answer with the whole order, loaded by `with_everything`, and its version."""
    body = StaffOrderSerializer(order).data
    return Response(body, headers={"ETag": etag_of(body)})


def shown_anew(order_id: int) -> Response:
    return shown(selectors.with_everything(Order.objects.filter(pk=order_id)).get())


def require_seen(request: Request, order_id: int) -> None:
    """Lock the order and see that it is still as If-Match says. Call in a transaction.

    Raises PreconditionFailed.
    """
    expected = expected_tags(request.headers)
    if expected is None:
        return
    lock_with_payments(order_id)
    if shown_anew(order_id)["ETag"] not in expected:
        raise PreconditionFailed
