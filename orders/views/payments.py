from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.idempotency import run_once
from ecommerce_backend.common.openapi import IDEMPOTENCY_KEY, refuses
from orders import selectors
from orders.gateways import UnknownProvider
from orders.models import InvalidTransition
from orders.serializers.payments import PaymentSerializer, StartPayment
from orders.services.payments import NothingDue, claim_payment, open_payment
from orders.views import examples, payment_examples
from orders.views.callers import caller_of


class OrderPaymentsView(APIView):
    permission_classes = (AllowAny,)

    @refuses(UnknownProvider, InvalidTransition, NothingDue)
    @extend_schema(
        operation_id="start_payment",
        summary="Pay an order",
        tags=["payments"],
        parameters=[examples.NUMBER, IDEMPOTENCY_KEY, examples.ORDER_TOKEN],
        request=StartPayment,
        responses={201: PaymentSerializer},
        examples=[
            payment_examples.START_PAYMENT,
            payment_examples.REDIRECT,
            payment_examples.INSTRUCTIONS,
        ],
    )
    def post(self, request: Request, number: str) -> Response:
        """Start a payment of what is due, and say in `next_action` what the customer has to do.

        A payment with this provider that is under way is returned again; one with another
        provider is canceled.
        """
        wanted = StartPayment(data=request.data)
        wanted.is_valid(raise_exception=True)
        caller = caller_of(request)
        order = caller.order(number)
        caller.spend_checkout()

        def claim() -> Response:
            payment = claim_payment(order=order, **wanted.validated_data)
            return Response({"reference": payment.reference}, status.HTTP_201_CREATED)

        # Under the key is only the claim: the provider is called after that transaction, and a
        # repeat after a crash goes on from the claim.
        response = run_once(request, claim, principal=caller.principal_for(order))
        if response.status_code == status.HTTP_201_CREATED:
            payment = open_payment(payment=selectors.payment_of(order, **response.data))
            response.data = PaymentSerializer(payment).data
        return response
