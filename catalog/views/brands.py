from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.caching import PubliclyCached
from catalog.models import Brand
from catalog.serializers import BrandEntry
from catalog.services.storefront import brands
from catalog.views.examples import BRAND_EXAMPLE


class BrandViewSet(PubliclyCached, GenericViewSet[Brand]):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    serializer_class = BrandEntry

    def get_queryset(self) -> QuerySet[Brand]:
        return Brand.objects.order_by("name", "pk")

    @extend_schema(operation_id="list_brands", tags=["catalog"], examples=[BRAND_EXAMPLE])
    def list(self, request: Request) -> Response:
        """Show who makes what the shop sells, and how many products of each it lists."""
        page = self.paginate_queryset(self.get_queryset().values(*brands.COLUMNS))
        return self.get_paginated_response(brands.brand_entries(page or []))
