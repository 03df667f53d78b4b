"""Waiting for what is out of stock."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import generics, mixins
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import BackInStockRequest
from catalog.selectors import VariantNotFound
from catalog.serializers.back_in_stock import AskForSku, BackInStockSerializer
from catalog.services import back_in_stock
from catalog.views.stock_examples import SKU
from ecommerce_backend.common.openapi import refuses
from users.requests import AuthenticatedRequest

_WISH = OpenApiExample("A mug in blue", request_only=True, value={"sku": "MUG-HARBOUR-SKY"})
_WAITING = OpenApiExample(
    "In line since yesterday",
    response_only=True,
    value={
        "sku": "MUG-HARBOUR-SKY",
        "product": {"name": "Harbour Porcelain Mug", "slug": "harbour-porcelain-mug"},
        "options": {"Colour": "Sky"},
        "created_at": "2026-11-22T14:29:41Z",
    },
)


class BackInStockView(mixins.ListModelMixin, generics.GenericAPIView[BackInStockRequest]):
    request: AuthenticatedRequest
    permission_classes = (IsAuthenticated,)
    queryset = BackInStockRequest.objects.none()  # for the schema
    serializer_class = BackInStockSerializer

    def get_queryset(self) -> QuerySet[BackInStockRequest]:
        return back_in_stock.waiting_for(self.request.user)

    @extend_schema(
        operation_id="list_back_in_stock_requests", tags=["account"], examples=[_WAITING]
    )
    def get(self, request: Request) -> Response:
        """List what I wait for, oldest first."""
        return self.list(request)

    @refuses(VariantNotFound, back_in_stock.AvailableNow, back_in_stock.TooManyRequests)
    @extend_schema(
        operation_id="request_back_in_stock",
        tags=["account"],
        request=AskForSku,
        responses={201: BackInStockSerializer},
        examples=[_WISH, _WAITING],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Ask for one mail when a SKU that cannot be had now can be ordered again.

        First come, first told. Nothing is held. Asking again keeps the place in line.
        """
        form = AskForSku(data=request.data)
        form.is_valid(raise_exception=True)
        asked = back_in_stock.ask(customer=request.user, **form.validated_data)
        return Response(BackInStockSerializer(asked).data, 201)


class BackInStockOfSkuView(APIView):
    permission_classes = (IsAuthenticated,)

    @refuses(back_in_stock.NotWaitedFor)
    @extend_schema(
        operation_id="delete_back_in_stock_request",
        tags=["account"],
        parameters=[SKU],
        responses={204: None},
    )
    def delete(self, request: AuthenticatedRequest, sku: str) -> Response:
        """Wait for a SKU no longer."""
        back_in_stock.withdraw(customer=request.user, sku=sku)
        return Response(status=204)
