from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.filters import StockFilters
from catalog.models import ProductVariant, Stock, StockMovement
from catalog.serializers import AdjustStock, Movement, StockLevel
from catalog.services import stock
from catalog.views.examples import ADJUSTMENT_EXAMPLE, MOVEMENT_EXAMPLE, SKU, STOCK_EXAMPLE
from ecommerce_backend.common.idempotency import run_once
from ecommerce_backend.common.openapi import IDEMPOTENCY_KEY, refuses
from ecommerce_backend.common.pagination import NewestFirst
from ecommerce_backend.common.permissions import HasPermission
from users.requests import AuthenticatedRequest


class LatestMovements(NewestFirst):
    ordering = ("-recorded_at", "-pk")


class StockListView(mixins.ListModelMixin, generics.GenericAPIView[Stock]):
    permission_classes = (HasPermission("catalog.view_stock"),)
    serializer_class = StockLevel
    filterset_class = StockFilters

    def get_queryset(self) -> QuerySet[Stock]:
        return Stock.objects.select_related("variant__product").order_by("variant__sku")

    @extend_schema(operation_id="list_stock", tags=["staff_stock"], examples=[STOCK_EXAMPLE])
    def get(self, request: Request) -> Response:
        """Show how many units of each SKU there are, and how many of them are promised."""
        return self.list(request)


class StockAdjustmentsView(APIView):
    permission_classes = (HasPermission("catalog.change_stock"),)

    @refuses(stock.StockWouldTurnNegative)
    @extend_schema(
        operation_id="adjust_stock",
        tags=["staff_stock"],
        parameters=[SKU, IDEMPOTENCY_KEY],
        request=AdjustStock,
        responses={201: StockLevel},
        examples=[ADJUSTMENT_EXAMPLE, STOCK_EXAMPLE],
    )
    def post(self, request: AuthenticatedRequest, sku: str) -> Response:
        """Correct what is on hand after a count, a loss or a find."""
        form = AdjustStock(data=request.data)
        form.is_valid(raise_exception=True)
        variant = get_object_or_404(ProductVariant.objects.select_related("product"), sku=sku)

        def adjust() -> Response:
            adjusted = stock.adjust(variant=variant, actor=request.user, **form.validated_data)
            adjusted.variant = variant
            return Response(StockLevel(adjusted).data, status=201)

        return run_once(request, adjust, principal=f"user:{request.user.pk}")


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
        examples=[MOVEMENT_EXAMPLE],
    )
    def get(self, request: Request, sku: str) -> Response:
        """Show the ledger of one SKU, newest first."""
        return self.list(request)
