from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.caching import PubliclyCached
from catalog.models import Collection
from catalog.serializers.curated import CollectionEntry, CollectionPage
from catalog.services.storefront import curated
from catalog.views.examples import (
    COLLECTION_ENTRY_EXAMPLE,
    COLLECTION_EXAMPLE,
    COLLECTION_SLUG,
)


class CollectionViewSet(PubliclyCached, GenericViewSet[Collection]):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    serializer_class = CollectionEntry
    lookup_field = "slug"
    lookup_value_converter = "slug"

    def get_queryset(self) -> QuerySet[Collection]:
        return Collection.objects.published().order_by("name", "pk")

    @extend_schema(
        operation_id="list_collections", tags=["catalog"], examples=[COLLECTION_ENTRY_EXAMPLE]
    )
    def list(self, request: Request) -> Response:
        """Show which collections there are, and how many products of each are listed."""
        page = self.paginate_queryset(self.get_queryset().values(*curated.COLUMNS))
        return self.get_paginated_response(curated.entries(page or []))

    @extend_schema(
        operation_id="get_collection",
        tags=["catalog"],
        parameters=[COLLECTION_SLUG],
        responses=CollectionPage,
        examples=[COLLECTION_EXAMPLE],
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """Show one collection. List its products with `GET products/?collection=` and its slug."""
        return Response(curated.page(get_object_or_404(self.get_queryset(), slug=slug)))
