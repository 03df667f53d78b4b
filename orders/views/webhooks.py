from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.errors import DomainError
from orders.serializers.payments import NoticeReceipt
from orders.services.provider_events import receive_notice
from orders.views import payment_examples

MAX_BYTES = 64 * 1024


class NoticeTooLarge(DomainError):
    code = "body_too_large"
    message = "A notice is at most 64 kB."
    http_status = 413


class PaymentWebhookView(APIView):
    """Reads the body as it came: the signature is over its bytes."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        summary="A notice of a payment provider",
        tags=["payments"],
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
