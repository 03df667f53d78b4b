from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.attribute_filters import ATTRIBUTES
from catalog.caching import PricedForCaller
from catalog.filters import (
    TYPED_LENGTH,
    ProductFilters,
    ShelfFilters,
    chosen_currency,
    chosen_fields,
    chosen_text,
)
from catalog.models import Product
from catalog.pagination import ShelfPages
from catalog.serializers import ProductCard, ProductDetail
from catalog.serializers.facets import Facets, Suggestions
from catalog.services.search.misses import note_miss
from catalog.services.search.suggesting import suggest
from catalog.services.storefront import cards
from catalog.services.storefront.details import detail
from catalog.services.storefront.facets import facets
from catalog.services.storefront.listing import browse, listed
from catalog.views.examples import (
    CARD_EXAMPLE,
    DETAIL_EXAMPLE,
    FACETS_EXAMPLE,
    PRODUCT_SLUG,
    SUGGESTIONS_EXAMPLE,
)
from ecommerce_backend.common.openapi import CURRENCY

FIELDS = OpenApiParameter(
    "fields",
    {"type": "array", "items": {"type": "string", "enum": list(cards.FIELDS)}, "minItems": 1},
    description="The members to answer with, separated by commas; the others are left out, and"
    " what only they need is not looked up. Without it each card has them all.",
    style="form",
    explode=False,
)
TYPED = OpenApiParameter(
    "q",
    {"type": "string", "maxLength": TYPED_LENGTH},
    required=True,
    description="What has been typed so far.",
)
SHOWN_CURRENCY = OpenApiParameter("currency", CURRENCY, description="ISO 4217. Shows prices in it.")


class ProductViewSet(PricedForCaller, GenericViewSet[Product]):
    permission_classes = (AllowAny,)
    serializer_class = ProductCard
    filterset_class = ProductFilters
    pagination_class = ShelfPages
    lookup_field = "slug"
    lookup_value_converter = "slug"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.published()

    @extend_schema(
        operation_id="list_products",
        tags=["catalog"],
        parameters=[FIELDS, ATTRIBUTES],
        examples=[CARD_EXAMPLE],
    )
    def list(self, request: Request) -> Response:
        """Browse and search what is for sale.

        Without `currency` each product is shown in the store's currency if it has a price in it,
        else in its own. Price bounds and ordering by price then mean the store's currency; what has
        no price in it comes last.
        """
        criteria = ProductFilters(request.query_params).criteria(customer_id=self.customer_id)
        fields = chosen_fields(request)
        pages = ShelfPages()
        shelf = browse(criteria)
        rows = pages.page_of(shelf, request)
        if shelf.finding and shelf.finding.is_nothing:
            note_miss(criteria.search, plain=shelf.finding.question.plain)
        shown = cards.cards(
            rows,
            currency=criteria.currency,
            fields=fields,
            question=shelf.finding.question if shelf.finding else None,
            customer_id=self.customer_id,
        )
        return pages.get_paginated_response(shown)

    @extend_schema(
        operation_id="get_product_facets",
        tags=["catalog"],
        parameters=[ATTRIBUTES],
        responses=Facets,
        examples=[FACETS_EXAMPLE],
        filters=True,
    )
    @action(detail=False, filterset_class=ShelfFilters, pagination_class=None)
    def facets(self, request: Request) -> Response:
        """Count what each further choice would leave of a list of products.

        Each facet is counted as if its own filter were off; a filter by that entry then lists as
        many products. The hundred categories, brands and values of an attribute with the most
        products are told.
        """
        return Response(
            facets(ShelfFilters(request.query_params).criteria(customer_id=self.customer_id))
        )

    @extend_schema(
        operation_id="list_suggestions",
        tags=["catalog"],
        parameters=[TYPED],
        responses=Suggestions,
        examples=[SUGGESTIONS_EXAMPLE],
        filters=False,
    )
    # Without prices, it is the same for everybody.
    @action(
        detail=False,
        filterset_class=None,
        pagination_class=None,
        authentication_classes=(),
        varies_by=("Accept",),
    )
    def suggest(self, request: Request) -> Response:
        """Suggest products, categories and brands while somebody types.

        What begins so comes first, then what has words that do; where there is nothing, small
        slips are mended.
        """
        return Response(suggest(chosen_text(request)))

    @extend_schema(
        operation_id="get_product",
        tags=["catalog"],
        parameters=[PRODUCT_SLUG, SHOWN_CURRENCY],
        responses=ProductDetail,
        examples=[DETAIL_EXAMPLE],
        filters=False,
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """Show one product in full."""
        products = listed().select_related("brand", "category")
        product = get_object_or_404(products, slug=slug)
        return Response(
            detail(product, currency=chosen_currency(request), customer_id=self.customer_id)
        )
