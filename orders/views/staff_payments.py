from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from ecommerce_backend.common.idempotency import run_once
from orders.serializers.payments import PaymentSerializer, RefundSerializer
from orders.serializers.staff import CaptureManually, RefundOrder
from orders.services.payments import capture_manually
from orders.services.refunds import refund_order
from orders.views import examples, payment_examples
from orders.views.staff import StaffOrderChange
from users.requests import AuthenticatedRequest


class StaffCaptures(StaffOrderChange):
    @extend_schema(
        summary="Mark an order paid",
        tags=["staff: orders"],
        parameters=[examples.IDEMPOTENCY_KEY],
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

        return run_once(request, act, principal=f"user:{request.user.pk}")


class StaffRefunds(StaffOrderChange):
    @extend_schema(
        summary="Pay money back",
        tags=["staff: orders"],
        parameters=[examples.IDEMPOTENCY_KEY],
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

        return run_once(request, act, principal=f"user:{request.user.pk}")
