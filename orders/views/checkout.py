from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.openapi import refuses
from orders import tokens
from orders.explanations import explain
from orders.serializers.quotes import (
    AskForQuote,
    ExplainedQuoteSerializer,
    ExplainQuote,
    FindShipping,
    QuoteSerializer,
    ShippingMethodOffer,
)
from orders.services import rates
from orders.services.quoting import (
    CartEmpty,
    ItemsUnavailable,
    ShippingUnavailable,
    TotalTooLarge,
    quote_cart,
)
from orders.views import examples
from orders.views.callers import caller_of


class ShippingMethodsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="list_shipping_methods",
        summary="How an order can be sent",
        tags=["checkout"],
        parameters=[FindShipping],
        responses=ShippingMethodOffer(many=True),
        examples=[examples.SHIPPING_METHODS],
    )
    def get(self, request: Request) -> Response:
        """List the ways of shipping to a country with their prices before tax."""
        wanted = FindShipping(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        offers = rates.shipping_offers(**wanted.validated_data)
        return Response(ShippingMethodOffer(offers, many=True).data)


class QuoteView(APIView):
    permission_classes = (AllowAny,)

    @refuses(CartEmpty, ItemsUnavailable, ShippingUnavailable, TotalTooLarge)
    @extend_schema(
        operation_id="quote_checkout",
        summary="What the cart would cost",
        tags=["checkout"],
        parameters=[
            OpenApiParameter("explain", bool, description="Adds every step of the calculation."),
            examples.CART_TOKEN,
        ],
        request=AskForQuote,
        responses=ExplainedQuoteSerializer,
        examples=[examples.ASK_FOR_QUOTE, examples.QUOTE, examples.EXPLAINED_QUOTE],
    )
    def post(self, request: Request) -> Response:
        """Price the cart with shipping and tax, and sign the result.

        The order is placed with the `quote` given here and on exactly these terms.
        """
        wanted = AskForQuote(data=request.data)
        wanted.is_valid(raise_exception=True)
        options = ExplainQuote(data=request.query_params.dict())
        options.is_valid(raise_exception=True)
        quotation = quote_cart(cart=caller_of(request).cart(), **wanted.validated_data)
        token, expires_at = tokens.sign_quote(quotation.quote)
        shown = {
            "quote": quotation.quote,
            "shipping_offers": quotation.shipping_offers,
            "token": token,
            "expires_at": expires_at,
        }
        if options.validated_data["explain"]:
            explained = {**shown, "explanation": explain(quotation.quote)}
            return Response(ExplainedQuoteSerializer(explained).data)
        return Response(QuoteSerializer(shown).data)
