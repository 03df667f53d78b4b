"""Changing what is on hand, for staff. Each needs an Idempotency-Key."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.serializers.stock import AdjustStock, CountStock, StockLevel, TransferStock
from catalog.services import stock
from catalog.views import stock_examples as examples
from catalog.views.stock import shown, variant_of, with_levels
from ecommerce_backend.common.idempotency import run_once
from ecommerce_backend.common.openapi import IDEMPOTENCY_KEY, refuses
from ecommerce_backend.common.permissions import HasPermission
from users.requests import AuthenticatedRequest


class StockAdjustmentsView(APIView):
    permission_classes = (HasPermission("catalog.change_stock"),)

    @refuses(stock.StockWouldTurnNegative)
    @extend_schema(
        operation_id="adjust_stock",
        tags=["staff_stock"],
        parameters=[examples.SKU, IDEMPOTENCY_KEY],
        request=AdjustStock,
        responses={201: StockLevel},
        examples=[examples.ADJUSTMENT, examples.STOCK],
    )
    def post(self, request: AuthenticatedRequest, sku: str) -> Response:
        """Correct what is on hand after a loss or a find."""
        form = AdjustStock(data=request.data)
        form.is_valid(raise_exception=True)
        variant = variant_of(sku)

        def adjust() -> Response:
            stock.adjust(variant=variant, actor=request.user, **form.validated_data)
            return shown(variant, 201)

        return run_once(request, adjust, principal=f"user:{request.user.pk}")


class StockCountsView(APIView):
    permission_classes = (HasPermission("catalog.change_stock"),)

    @refuses(stock.StockWouldTurnNegative)
    @extend_schema(
        operation_id="count_stock",
        tags=["staff_stock"],
        parameters=[examples.SKU, IDEMPOTENCY_KEY],
        request=CountStock,
        responses={201: StockLevel},
        examples=[examples.COUNT, examples.STOCK],
    )
    def post(self, request: AuthenticatedRequest, sku: str) -> Response:
        """Take down how many units were counted in a warehouse.

        The ledger gets the difference to what is on hand at that moment. Orders that are placed
        meanwhile change nothing about it, parcels that leave do: count what has not left.
        """
        form = CountStock(data=request.data)
        form.is_valid(raise_exception=True)
        variant = variant_of(sku)

        def count() -> Response:
            stock.count(variant=variant, actor=request.user, **form.validated_data)
            return shown(variant, 201)

        return run_once(request, count, principal=f"user:{request.user.pk}")


class StockTransfersView(APIView):
    permission_classes = (HasPermission("catalog.change_stock"),)

    @refuses(stock.InsufficientStock)
    @extend_schema(
        operation_id="transfer_stock",
        tags=["staff_stock"],
        parameters=[IDEMPOTENCY_KEY],
        request=TransferStock,
        responses={201: StockLevel(many=True)},
        examples=[examples.TRANSFER, examples.STOCK],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Move units that are promised to nobody to another warehouse, all lines or none."""
        form = TransferStock(data=request.data)
        form.is_valid(raise_exception=True)
        facts = dict(form.validated_data)
        quantities = facts.pop("lines")

        def transfer() -> Response:
            stock.transfer(quantities, actor=request.user, **facts)
            moved = with_levels().filter(pk__in=quantities).order_by("variant__sku")
            return Response(StockLevel(moved, many=True).data, 201)

        return run_once(request, transfer, principal=f"user:{request.user.pk}")
