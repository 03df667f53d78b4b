"""What the shop signs and hands out instead of remembering it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing

from ecommerce_backend.common.errors import DomainError, Fault
from orders.quotes import Quote

_QUOTE_SALT = "orders.quote"
_ORDER_SALT = "orders.order"


class QuoteInvalid(DomainError):
    code = "quote_invalid"
    message = "This is not a quote that the shop made for this cart."
    http_status = 400
    advice = "Ask for a quote of this cart and place the order with its token."

    def __init__(self) -> None:
        fault: Fault = {"pointer": "/quote", "code": self.code, "detail": self.message}
        super().__init__(faults=[fault])


class QuoteExpired(DomainError):
    code = "quote_expired"
    message = "The quote is too old; ask for a new one."
    advice = "Ask for a new quote and show it to the customer."


def sign_quote(quote: Quote) -> tuple[str, datetime]:
    """Return the quote's token, for its cart alone, and the moment it expires."""
    terms = {"cart": quote.cart_id, "figures": dict(quote.figures())}
    now = datetime.now(UTC).replace(microsecond=0)  # the signature's stamp is in whole seconds
    token = signing.dumps(terms, salt=_QUOTE_SALT, compress=True)
    return token, now + timedelta(seconds=settings.QUOTE_LIFETIME_SECONDS)


def read_quote(token: str, *, cart_id: int) -> dict[str, str]:
    """Return the figures that the customer of this cart was quoted.

    Raises QuoteInvalid and QuoteExpired.
    """
    try:
        terms = signing.loads(token, salt=_QUOTE_SALT, max_age=settings.QUOTE_LIFETIME_SECONDS)
    except signing.SignatureExpired as error:
        raise QuoteExpired from error
    except signing.BadSignature as error:
        raise QuoteInvalid from error
    if terms["cart"] != cart_id:
        raise QuoteInvalid
    figures: dict[str, str] = terms["figures"]
    return figures


def order_token(number: str) -> str:
    """Return what a guest shows to see an order again."""
    return signing.Signer(salt=_ORDER_SALT).signature(number)


def opens(token: str, *, number: str) -> bool:
    """Tell whether the token is that of the order, in the same time whatever it is."""
    signer = signing.Signer(salt=_ORDER_SALT)
    try:
        signer.unsign(f"{number}{signer.sep}{token}")
    except signing.BadSignature:
        return False
    return True
