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
from catalog.services.storefront.related import related
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
        """Show what else may please: of the same category first, then of those around it."""
        product = get_object_or_404(listed().select_related("category"), slug=slug)
        return Response(
            related(product, currency=chosen_currency(request), customer_id=self.customer_id)
        )
