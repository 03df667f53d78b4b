"""On what terms a SKU is sold, for staff."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.serializers.stock import SafetyStock, StockLevel, StockTerms
from catalog.services import stock
from catalog.views import stock_examples as examples
from catalog.views.stock import shown, variant_of
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from users.requests import AuthenticatedRequest


class StockTermsView(APIView):
    permission_classes = (HasPermission("catalog.change_stock"),)

    @refuses(stock.BackorderLimitTooLow)
    @extend_schema(
        operation_id="set_stock_terms",
        tags=["staff_stock"],
        parameters=[examples.SKU],
        request=StockTerms,
        responses=StockLevel,
        examples=[examples.TERMS, examples.STOCK],
    )
    def put(self, request: AuthenticatedRequest, sku: str) -> Response:
        """Say how a SKU is sold when nothing is left: not, on back-order, or on pre-order."""
        form = StockTerms(data=request.data)
        form.is_valid(raise_exception=True)
        variant = variant_of(sku)
        stock.set_terms(variant=variant, actor=request.user, **form.validated_data)
        return shown(variant)


class SafetyStockView(APIView):
    permission_classes = (HasPermission("catalog.change_stock"),)

    @extend_schema(
        operation_id="set_safety_stock",
        tags=["staff_stock"],
        parameters=[examples.SKU],
        request=SafetyStock,
        responses=StockLevel,
        examples=[examples.SAFETY, examples.STOCK],
    )
    def put(self, request: AuthenticatedRequest, sku: str) -> Response:
        """Keep units in a warehouse back from sale."""
        form = SafetyStock(data=request.data)
        form.is_valid(raise_exception=True)
        variant = variant_of(sku)
        stock.set_safety_stock(variant=variant, actor=request.user, **form.validated_data)
        return shown(variant)
