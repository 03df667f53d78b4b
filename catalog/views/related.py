from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.caching import PricedForCaller
from catalog.filters import chosen_currency
from catalog.serializers import ProductCard
from catalog.services.storefront.listing import listed
from catalog.services.storefront.related import related, up_sells
from catalog.views.examples import CARD_EXAMPLE, PRODUCT_SLUG
from catalog.views.products import SHOWN_CURRENCY


class RelatedProductsView(PricedForCaller, APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="list_related_products",
        tags=["catalog"],
        parameters=[PRODUCT_SLUG, SHOWN_CURRENCY],
        responses=ProductCard(many=True),
        examples=[CARD_EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Show what else may please, twelve at most.

        First what staff chose, then what is often bought together with it, then what stands in the
        same category, and in those around it.
        """
        product = get_object_or_404(listed().select_related("category"), slug=slug)
        return Response(
            related(product, currency=chosen_currency(request), customer_id=self.customer_id)
        )


class UpSellsView(PricedForCaller, APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="list_up_sells",
        tags=["catalog"],
        parameters=[PRODUCT_SLUG, SHOWN_CURRENCY],
        responses=ProductCard(many=True),
        examples=[CARD_EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> Response:
        """Show what staff suggest instead of a product, twelve at most: better, or more of it."""
        product = get_object_or_404(listed(), slug=slug)
        return Response(
            up_sells(product, currency=chosen_currency(request), customer_id=self.customer_id)
        )
