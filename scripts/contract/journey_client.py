"""Buy something, from the first look to the review, with the Python client made of the document.

    python scripts/contract/journey_client.py http://127.0.0.1:8000 --password …

Ends with 0, or with the first step that did not do what it must. The package `nexus_api_client`
is generated; mypy knows from it what every answer holds.
"""

import argparse
import sys
import time
from secrets import token_urlsafe
from typing import TypeVar
from uuid import uuid4

from nexus_api_client import AuthenticatedClient, Client
from nexus_api_client.api.account import add_address
from nexus_api_client.api.auth import register_account, sign_in
from nexus_api_client.api.cart import add_cart_line, get_cart, set_cart_line
from nexus_api_client.api.catalog import get_product, list_products
from nexus_api_client.api.checkout import list_shipping_methods, quote_checkout
from nexus_api_client.api.orders import get_order, place_order
from nexus_api_client.api.payments import start_payment
from nexus_api_client.api.reviews import write_review
from nexus_api_client.api.staff_orders import capture_payment, deliver_shipments, ship_order
from nexus_api_client.models import (
    AddLineRequest,
    Address,
    AskForQuoteRequest,
    CaptureManuallyRequest,
    Cart,
    DeliverShipmentsRequest,
    ExplainedQuote,
    InvalidBody,
    ModeratedReview,
    Order,
    PaginatedProductCardList,
    Payment,
    PlacedOrder,
    PlaceOrderConflict,
    PlaceOrderRequest,
    PostalAddressRequest,
    ProductDetail,
    RegisterAccountRequest,
    SaveAddressRequest,
    SetLineRequest,
    Shipment,
    ShipOrderRequest,
    SignedIn,
    SignInRequest,
    SignInUnauthorized,
    StartPaymentRequest,
    WriteReviewRequest,
)

UNITS = 2
PATIENCE_SECONDS = 30
ADDRESS = PostalAddressRequest(
    full_name="Nora Newcomer",
    line1="1 Harbour Street",
    city="London",
    postal_code="E1 6AN",
    country="GB",
)
Body = TypeVar("Body")


class Unexpected(Exception):
    """A step of the journey did not answer as it must."""


def travel(base_url: str, staff: SignInRequest) -> None:
    """Make the whole journey, saying each step. Raises Unexpected."""
    visitor = Client(base_url)
    slug, sku = browse(guest(base_url, token=""))
    customer = register(base_url, cart_token=fill_cart(base_url, sku))
    placement = check_out(customer)
    order = order_twice(customer, placement)
    pay(customer, order)
    clerk = signed_in(base_url, answered(SignedIn, sign_in.sync(client=visitor, body=staff)))
    ship(clerk, order)
    delivered = answered(Order, get_order.sync(order.number, client=customer))
    arrived = delivered.fulfillment_status == "fulfilled"
    check(arrived, "the customer sees that it was delivered")
    review(customer, slug)
    refusals(visitor, customer, placement)


def browse(visitor: AuthenticatedClient) -> tuple[str, str]:
    found = list_products.sync(client=visitor, in_stock=True, page_size=50)
    for card in answered(PaginatedProductCardList, found).results:
        hits = list_products.sync(client=visitor, search=card.name)
        slugs = [hit.slug for hit in answered(PaginatedProductCardList, hits).results]
        check(card.slug in slugs, f"the search finds {card.name}")
        for variant in look(visitor, card.slug).variants:
            if variant.price is not None and variant.available >= UNITS:
                return card.slug, variant.sku
    raise Unexpected("nothing on the first page can be bought twice")


def look(visitor: AuthenticatedClient, slug: str) -> ProductDetail:
    return answered(ProductDetail, get_product.sync(slug, client=visitor))


def fill_cart(base_url: str, sku: str) -> str:
    """Return the token of a guest's cart with some units in it."""
    one = AddLineRequest(sku=sku, quantity=1)
    cart = answered(Cart, add_cart_line.sync(client=guest(base_url, token=""), body=one))
    if cart.token is None:
        raise Unexpected("the cart has no token")
    check(cart.item_count == 1, "a guest has a cart with one unit")
    more = SetLineRequest(quantity=UNITS)
    changed = set_cart_line.sync(sku, client=guest(base_url, token=cart.token), body=more)
    check(answered(Cart, changed).item_count == UNITS, f"now with {UNITS}")
    return cart.token


def guest(base_url: str, *, token: str) -> AuthenticatedClient:
    """Make a client that shows a cart's token where others show who they are."""
    return AuthenticatedClient(base_url, token=token, prefix="", auth_header_name="X-Cart-Token")


def register(base_url: str, *, cart_token: str) -> AuthenticatedClient:
    account = RegisterAccountRequest(
        email=f"nora-{uuid4().hex}@shop.example", password=token_urlsafe(16), first_name="Nora"
    )
    session = register_account.sync(client=Client(base_url), body=account, x_cart_token=cart_token)
    customer = signed_in(base_url, answered(SignedIn, session))
    cart = answered(Cart, get_cart.sync(client=customer))
    check(cart.item_count == UNITS, "the cart followed into the account")
    return customer


def signed_in(base_url: str, session: SignedIn) -> AuthenticatedClient:
    return AuthenticatedClient(base_url, token=session.access)


def check_out(customer: AuthenticatedClient) -> PlaceOrderRequest:
    """Choose address and shipping, and return what turns the cart into an order."""
    home = SaveAddressRequest.from_dict(ADDRESS.to_dict() | {"is_default_shipping": True})
    saved = answered(Address, add_address.sync(client=customer, body=home))
    check(saved.is_default_shipping, "the address is in the address book")
    offers = list_shipping_methods.sync(client=customer, country=saved.country)
    if not isinstance(offers, list) or not offers:
        raise Unexpected(f"nothing is shipped to {saved.country}: {offers}")
    method = offers[-1]
    ask = AskForQuoteRequest(shipping_address=ADDRESS, shipping_method=method.code)
    quote = answered(ExplainedQuote, quote_checkout.sync(client=customer, body=ask))
    check(quote.shipping_total == method.amount, f"{method.name} costs {method.amount}")
    return PlaceOrderRequest(
        shipping_address=ADDRESS, shipping_method=quote.shipping_method, quote=quote.quote
    )


def order_twice(customer: AuthenticatedClient, placement: PlaceOrderRequest) -> PlacedOrder:
    """Place the order, and again with the same key, as a client does that heard no answer."""
    key = uuid4().hex
    first = place_order.sync(client=customer, body=placement, idempotency_key=key)
    again = place_order.sync(client=customer, body=placement, idempotency_key=key)
    order = answered(PlacedOrder, first)
    is_same = answered(PlacedOrder, again).number == order.number
    check(is_same, f"one order was placed, {order.number}")
    return order


def pay(customer: AuthenticatedClient, order: PlacedOrder) -> None:
    answer = start_payment.sync(
        order.number,
        client=customer,
        body=StartPaymentRequest(provider="manual"),
        idempotency_key=uuid4().hex,
    )
    payment = answered(Payment, answer)
    check(payment.amount == order.total, f"the shop asks for {payment.amount} {payment.currency}")
    is_told = payment.next_action is not None and payment.next_action.type_ == "instructions"
    check(is_told, "it says how to transfer the money")


def ship(clerk: AuthenticatedClient, order: PlacedOrder) -> None:
    """Do the staff's part: find the money, send the parcel, note that it arrived."""
    number = order.number
    captured = capture_payment.sync(
        number, client=clerk, body=CaptureManuallyRequest(), idempotency_key=uuid4().hex
    )
    is_captured = answered(Payment, captured).status == "captured"
    check(is_captured, "staff found the money on the bank statement")
    parcel = ShipOrderRequest(carrier="Harbour Post", tracking_number="HP123456789GB")
    sent = answered(Shipment, ship_order.sync(number, client=clerk, body=parcel))
    check(len(sent.lines) == 1, "the parcel is on its way")
    arrival = DeliverShipmentsRequest(shipment=sent.id)
    deliveries = deliver_shipments.sync(number, client=clerk, body=arrival)
    check(isinstance(deliveries, list), "the parcel has arrived")


def review(customer: AuthenticatedClient, slug: str) -> None:
    before = look(customer, slug).review_count
    opinion = WriteReviewRequest(
        rating=5, title="Sturdy", text="Came quickly and does what it should."
    )
    written = answered(ModeratedReview, write_review.sync(slug, client=customer, body=opinion))
    check(written.verified_purchase, "the review counts as a verified purchase")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while look(customer, slug).review_count != before + 1:
        if time.monotonic() > deadline:
            raise Unexpected("the review does not show")
        time.sleep(0.2)
    say("the review shows on the product")


def refusals(visitor: Client, customer: AuthenticatedClient, placement: PlaceOrderRequest) -> None:
    """Tell by `code` what went wrong; mypy refuses a comparison with one that cannot come."""
    empty = place_order.sync(client=customer, body=placement, idempotency_key=uuid4().hex)
    is_empty = answered(PlaceOrderConflict, empty).code == "cart_empty"
    check(is_empty, "an empty cart makes no order")

    nobody = SignInRequest(email="nobody@shop.example", password=token_urlsafe(16))
    stranger = answered(SignInUnauthorized, sign_in.sync(client=visitor, body=nobody))
    check(stranger.code == "invalid_credentials", "a stranger is not let in")

    many = AddLineRequest(sku="NO-SUCH-THING", quantity=1000)
    refused = answered(InvalidBody, add_cart_line.sync(client=customer, body=many))
    check(refused.code == "invalid", "a thousand units are refused")
    pointers = [fault.pointer for fault in refused.errors or []]
    check("/quantity" in pointers, "and the refusal points at the quantity")


def answered(kind: type[Body], answer: object) -> Body:
    """Narrow an answer to the one that must have come. Raises Unexpected."""
    if isinstance(answer, kind):
        return answer
    raise Unexpected(f"not a {kind.__name__} but {answer}")


def check(holds: object, what: str) -> None:
    if not holds:
        raise Unexpected(f"it is not so that {what}")
    say(what)


def say(what: str) -> None:
    print(f"  ✓ {what}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base_url")
    parser.add_argument("--staff", default="orders@shop.example", help="who ships the order")
    parser.add_argument("--password", required=True, help="the staff member's password")
    options = parser.parse_args()
    try:
        travel(options.base_url, SignInRequest(email=options.staff, password=options.password))
    except Unexpected as error:
        print(f"  ✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
