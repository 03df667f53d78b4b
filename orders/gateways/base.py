"""What the shop asks of a payment provider, whoever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from ecommerce_backend.common.errors import DomainError
from orders.models import Payment, Refund


class SignatureInvalid(DomainError):
    code = "signature_invalid"
    message = "The notice is not signed by the provider, or was signed too long ago."
    http_status = 401
    advice = "Sign the exact bytes of the body with the shared secret and the present time."


class NoticeUnreadable(DomainError):
    code = "notice_unreadable"
    message = "The notice is not one this provider would send."
    http_status = 400
    advice = "Send the members that the provider's notices have."


class SendsNoNotices(DomainError):
    code = "not_found"
    message = "There is nothing at this address."
    http_status = 404
    advice = "Check the address: this provider sends no notices."


class RefundOutcome(StrEnum):
    """What became of a refund at the provider."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"


class PaymentOutcome(StrEnum):
    """What a notice says became of a payment."""

    CAPTURED = "captured"
    DECLINED = "declined"


@dataclass(frozen=True, kw_only=True)
class Started:
    """A payment the provider knows of, and what the customer has to do next.

    `window` is how long the customer may take, where that is longer than the shop's usual.
    """

    provider_reference: str
    next_action: dict[str, Any]
    window: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderNotice:
    """What a provider told the shop. `outcome` is None when it does not concern us."""

    event_id: str
    type: str
    payment_reference: str
    amount: Decimal
    currency: str
    outcome: PaymentOutcome | None
    payload: dict[str, Any]
    failure_code: str = ""


class Gateway(Protocol):
    """One payment provider. None of this may be called inside a database transaction.

    Each call may be repeated with the same payment or refund: `reference` is its name at the
    provider, and the second call finds what the first one made.
    """

    name: str

    def start(self, payment: Payment) -> Started:
        """Open the payment at the provider."""

    def cancel(self, payment: Payment) -> None:
        """Close a payment that was not captured; one that is not open is left as it is."""

    def refund(self, refund: Refund) -> RefundOutcome:
        """Ask for money to go back to the customer."""

    def read_event(self, raw_body: bytes, headers: Mapping[str, str]) -> ProviderNotice:
        """Check and read a notice.

        Raises SignatureInvalid, NoticeUnreadable and SendsNoNotices.
        """
