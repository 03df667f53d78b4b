"""The payment providers this shop offers, by name."""

from collections.abc import Mapping

from django.conf import settings

from ecommerce_backend.common.errors import DomainError
from orders.gateways.base import Gateway
from orders.gateways.manual import ManualGateway
from orders.gateways.sandbox import SandboxGateway
from orders.models import Payment

_GATEWAYS: Mapping[str, Gateway] = {
    known.name: known for known in (ManualGateway(), SandboxGateway())
}


class UnknownProvider(DomainError):
    code = "unknown_provider"
    message = "The shop does not take payments that way."
    http_status = 400
    advice = "Offer the customer one of the providers that `errors` names."

    def __init__(self) -> None:
        offered = ", ".join(settings.PAYMENT_PROVIDERS)
        super().__init__(
            faults=[
                {"pointer": "/provider", "code": self.code, "detail": f"Choose one of: {offered}."}
            ]
        )


def gateway(name: str) -> Gateway:
    """Return a provider that the shop offers now.

    Raises UnknownProvider.
    """
    if name not in settings.PAYMENT_PROVIDERS:
        raise UnknownProvider
    return _GATEWAYS[name]


def gateway_of(payment: Payment) -> Gateway:
    """Return the provider a payment began with, even if the shop no longer offers it."""
    return _GATEWAYS[payment.provider]
