"""Reading the stock, for staff."""

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, mixins
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.filters import StockFilters
from catalog.models import ProductVariant, Stock, StockMovement, WarehouseStock
from catalog.serializers.stock import Movement, StockLevel
from catalog.views.stock_examples import MOVEMENT, SKU, STOCK
from ecommerce_backend.common.pagination import NewestFirst
from ecommerce_backend.common.permissions import HasPermission


class LatestMovements(NewestFirst):
    ordering = ("-recorded_at", "-pk")


class StockListView(mixins.ListModelMixin, generics.GenericAPIView[Stock]):
    permission_classes = (HasPermission("catalog.view_stock"),)
    serializer_class = StockLevel
    filterset_class = StockFilters

    def get_queryset(self) -> QuerySet[Stock]:
        return with_levels().order_by("variant__sku")

    @extend_schema(operation_id="list_stock", tags=["staff_stock"], examples=[STOCK])
    def get(self, request: Request) -> Response:
        """Show how many units of each SKU there are and where, and how many are promised."""
        return self.list(request)


class StockMovementsView(mixins.ListModelMixin, generics.GenericAPIView[StockMovement]):
    permission_classes = (HasPermission("catalog.view_stockmovement"),)
    queryset = StockMovement.objects.none()  # for the schema
    serializer_class = Movement
    pagination_class = LatestMovements

    def get_queryset(self) -> QuerySet[StockMovement]:
        stocks = Stock.objects.filter(variant__sku=self.kwargs["sku"])
        return get_object_or_404(stocks).movements.select_related("warehouse", "actor")

    @extend_schema(
        operation_id="list_stock_movements",
        tags=["staff_stock"],
        parameters=[SKU],
        examples=[MOVEMENT],
    )
    def get(self, request: Request, sku: str) -> Response:
        """Show the ledger of one SKU, newest first."""
        return self.list(request)


def with_levels() -> QuerySet[Stock]:
    levels = WarehouseStock.objects.select_related("warehouse")
    by_priority = levels.order_by("warehouse__priority", "warehouse_id")
    return Stock.objects.select_related("variant__product").prefetch_related(
        Prefetch("levels", by_priority)
    )


def variant_of(sku: str) -> ProductVariant:
    """Return the variant of a SKU in the address.

    Raises Http404.
    """
    return get_object_or_404(ProductVariant, sku=sku)


def shown(variant: ProductVariant, status: int = 200) -> Response:
    """Answer with what there is of a SKU now."""
    return Response(StockLevel(with_levels().get(pk=variant.pk)).data, status)
