"""How every answer about a cart looks."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.response import Response

from cart.models import Cart
from cart.requests import TOKEN_HEADER
from cart.selectors import first_pictures, priced_or_empty
from cart.serializers import CartSerializer
from ecommerce_backend.common.openapi import token_header

CART_TOKEN: Final = token_header(
    TOKEN_HEADER,
    description="The guest's cart. Ignored for a signed-in customer, who has a cart anyway.",
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Change the cart only if this is still its ETag; else 412.",
)
ETAG: Final = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The version of the cart, for If-Match.",
    response=True,
)
NEW_TOKEN: Final = OpenApiParameter(
    TOKEN_HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The token of a guest's cart that was made just now.",
    response=[201],
)
GUEST_TOKEN: Final = token_header(
    TOKEN_HEADER, description="The guest's cart that is to be joined into mine.", required=True
)
READ: Final = [CART_TOKEN, ETAG]
WRITE: Final = [CART_TOKEN, IF_MATCH, ETAG]


def shown(
    cart: Cart | None,
    *,
    status: int = status.HTTP_200_OK,
    serializer: type[CartSerializer] = CartSerializer,
    **context: Any,
) -> Response:
    """Answer with the whole cart, an empty one for None."""
    priced = priced_or_empty(cart)
    body = serializer(priced, context={"pictures": first_pictures(priced), **context})
    return Response(body.data, status, headers=etag(cart))


def done(cart: Cart | None) -> Response:
    return Response(status=status.HTTP_204_NO_CONTENT, headers=etag(cart))


def etag(cart: Cart | None) -> dict[str, str]:
    return {"ETag": f'"{cart.version if cart else 0}"'}
