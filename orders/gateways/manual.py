"""Bank transfer: the customer pays outside the shop, and staff say when the money is there."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings

from orders.gateways.base import ProviderNotice, RefundOutcome, SendsNoNotices, Started
from orders.models import Payment, Refund


class ManualGateway:
    """Knows nobody to call: every step is taken by a person."""

    name = "manual"

    def start(self, payment: Payment) -> Started:
        number = payment.order.number
        return Started(
            provider_reference=payment.reference,
            next_action={
                "type": "instructions",
                "text": f"{settings.BANK_TRANSFER_INSTRUCTIONS} Payment reference: {number}.",
            },
            window=timedelta(seconds=settings.BANK_TRANSFER_WINDOW_SECONDS),
        )

    def cancel(self, payment: Payment) -> None:
        """There is nobody to tell."""

    def refund(self, refund: Refund) -> RefundOutcome:  # noqa: ARG002
        """Leave it to staff, who mark it when they have paid it back."""
        return RefundOutcome.PENDING

    def read_event(
        self,
        raw_body: bytes,  # noqa: ARG002
        headers: Mapping[str, str],  # noqa: ARG002
    ) -> ProviderNotice:
        raise SendsNoNotices
