from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.openapi import refuses
from orders.gateways.base import NoticeUnreadable, SendsNoNotices, SignatureInvalid
from orders.serializers.payments import NoticeReceipt
from orders.services.provider_events import receive_notice
from orders.views import payment_examples

MAX_BYTES = 64 * 1024


class NoticeTooLarge(DomainError):
    code = "body_too_large"
    message = "A notice is at most 64 kB."
    http_status = 413
    advice = "Send the notice as the provider made it."


class PaymentWebhookView(APIView):
    """Reads the body as it came: the signature is over its bytes."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @refuses(NoticeTooLarge, SendsNoNotices, SignatureInvalid, NoticeUnreadable)
    @extend_schema(
        operation_id="receive_payment_notice",
        summary="A notice of a payment provider",
        tags=["payments"],
        parameters=[payment_examples.PROVIDER, payment_examples.SIGNATURE],
        auth=[],
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses=NoticeReceipt,
        examples=[payment_examples.NOTICE, payment_examples.NOTICE_RECEIPT],
    )
    def post(self, request: Request, provider: str) -> Response:
        """Apply a signed notice once, however often and in whatever order it comes."""
        if len(request.body) > MAX_BYTES:
            raise NoticeTooLarge
        outcome = receive_notice(provider=provider, raw_body=request.body, headers=request.headers)
        return Response({"outcome": outcome})
