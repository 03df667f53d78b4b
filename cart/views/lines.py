from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cart.requests import TOKEN_HEADER, writer
from cart.serializers import AddLine, CartSerializer, SetLine
from cart.services import lines
from cart.views import answers, examples

TWO_MUGS = OpenApiExample("Two mugs", value={"sku": "MUG-BLUE", "quantity": 2}, request_only=True)
TWO = OpenApiExample("Two", value={"quantity": 2}, request_only=True)
CART = OpenApiExample("Two mugs", value=examples.CART, response_only=True)
NEW_CART = OpenApiExample("A new guest", value=examples.NEW_CART, response_only=True)


class CartLinesView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        request=AddLine,
        responses={201: CartSerializer},
        parameters=[*answers.WRITE, answers.NEW_TOKEN],
        examples=[TWO_MUGS, NEW_CART],
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

    @extend_schema(
        request=SetLine,
        responses=CartSerializer,
        parameters=answers.WRITE,
        examples=[TWO, CART],
    )
    def put(self, request: Request, sku: str) -> Response:
        """Make a line that is in the cart this many units; a repeat does no harm."""
        form = SetLine(data=request.data)
        form.is_valid(raise_exception=True)
        cart = lines.set_line(**writer(request), sku=sku, **form.validated_data)
        return answers.shown(cart)

    @extend_schema(responses={204: None}, parameters=answers.WRITE)
    def delete(self, request: Request, sku: str) -> Response:
        """Take a line out of the cart."""
        return answers.done(lines.remove_line(**writer(request), sku=sku))
