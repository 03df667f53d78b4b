from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from ecommerce_backend.common.openapi import IDEMPOTENCY_KEY, refuses
from orders import versions
from orders.models import InvalidTransition
from orders.serializers.payments import PaymentSerializer, RefundSerializer
from orders.serializers.staff import CaptureManually, RefundOrder
from orders.services.payments import AmountDiffers, NothingDue, capture_manually
from orders.services.refunds import (
    AmountNotPayable,
    PaymentNotFound,
    RefundTooLarge,
    refund_order,
)
from orders.views import examples, payment_examples
from orders.views.staff import StaffOrderChange
from users.requests import AuthenticatedRequest


class StaffCaptures(StaffOrderChange):
    @refuses(InvalidTransition, NothingDue, AmountDiffers)
    @extend_schema(
        operation_id="capture_payment",
        summary="Mark an order paid",
        tags=["staff_orders"],
        parameters=[examples.NUMBER, IDEMPOTENCY_KEY, versions.IF_MATCH],
        request=CaptureManually,
        responses={201: PaymentSerializer},
        examples=[payment_examples.CAPTURE, payment_examples.CAPTURED],
    )
    def create(self, request: AuthenticatedRequest, number: str) -> Response:
        """Note that the money for an order has come by bank transfer; the order is confirmed."""
        wanted = CaptureManually(data=request.data)
        wanted.is_valid(raise_exception=True)
        order = self.get_object()

        def act() -> Response:
            payment = capture_manually(order=order, actor=request.user, **wanted.validated_data)
            return Response(PaymentSerializer(payment).data, status.HTTP_201_CREATED)

        return self.once(request, order, act, is_key_required=True)


class StaffRefunds(StaffOrderChange):
    @refuses(PaymentNotFound, RefundTooLarge, AmountNotPayable)
    @extend_schema(
        operation_id="refund_order",
        summary="Pay money back",
        tags=["staff_orders"],
        parameters=[examples.NUMBER, IDEMPOTENCY_KEY, versions.IF_MATCH],
        request=RefundOrder,
        responses={201: RefundSerializer},
        examples=[payment_examples.REFUND, payment_examples.REFUNDED],
    )
    def create(self, request: AuthenticatedRequest, number: str) -> Response:
        """Promise to pay back some of what came in, never more; the provider is asked at once."""
        wanted = RefundOrder(data=request.data)
        wanted.is_valid(raise_exception=True)
        order = self.get_object()

        def act() -> Response:
            refund = refund_order(order=order, actor=request.user, **wanted.validated_data)
            return Response(RefundSerializer(refund).data, status.HTTP_201_CREATED)

        return self.once(request, order, act, is_key_required=True)
