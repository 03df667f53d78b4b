from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cart.requests import TOKEN_HEADER, writer
from cart.serializers import AddLine, CartSerializer, SetLine
from cart.services import lines
from cart.views import answers, examples
from catalog.selectors import VariantNotFound
from ecommerce_backend.common.openapi import refuses


class CartLinesView(APIView):
    permission_classes = (AllowAny,)

    @refuses(VariantNotFound, lines.CurrencyMismatch, lines.CartFull, lines.QuantityTooLarge)
    @extend_schema(
        operation_id="add_cart_line",
        tags=["cart"],
        request=AddLine,
        responses={201: CartSerializer},
        parameters=[*answers.WRITE, answers.NEW_TOKEN],
        examples=[examples.TWO_MUGS, examples.NEW_CART],
    )
    def post(self, request: Request) -> Response:
        """Put units of a SKU into the cart, on top of those already there.

        A guest without a cart gets one, with its token in `token` and X-Cart-Token. More than
        there is in stock may be added; the line then warns of it.
        """
        form = AddLine(data=request.data)
        form.is_valid(raise_exception=True)
        opened = lines.add_line(**writer(request), **form.validated_data)
        response = answers.shown(opened.cart, status=status.HTTP_201_CREATED, token=opened.token)
        if opened.token:
            response[TOKEN_HEADER] = opened.token
        return response


class CartLineView(APIView):
    permission_classes = (AllowAny,)

    @refuses(lines.LineNotFound)
    @extend_schema(
        operation_id="set_cart_line",
        tags=["cart"],
        request=SetLine,
        responses=CartSerializer,
        parameters=[examples.SKU, *answers.WRITE],
        examples=[examples.TWO, examples.CART],
    )
    def put(self, request: Request, sku: str) -> Response:
        """Make a line that is in the cart this many units; a repeat does no harm."""
        form = SetLine(data=request.data)
        form.is_valid(raise_exception=True)
        cart = lines.set_line(**writer(request), sku=sku, **form.validated_data)
        return answers.shown(cart)

    @refuses(lines.LineNotFound)
    @extend_schema(
        operation_id="remove_cart_line",
        tags=["cart"],
        responses={204: None},
        parameters=[examples.SKU, *answers.WRITE],
    )
    def delete(self, request: Request, sku: str) -> Response:
        """Take a line out of the cart."""
        return answers.done(lines.remove_line(**writer(request), sku=sku))
