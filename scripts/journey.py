"""Buy something, from the first look to the review, over HTTP against a running shop.

    python scripts/journey.py http://127.0.0.1:8000 --staff orders@shop.example --password …

A guest browses, registers, the cart follows, a quote becomes an order, the sandbox card is
approved and its webhook confirms the order, staff ship it, the customer reviews, and the rating
shows on the product card. Where staff need a second factor, theirs has one for that long. Ends with
0, or with the first step that did not do what it must.
"""

import argparse
import base64
import hashlib
import hmac
import re
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx

PATIENCE_SECONDS = 30
UNITS = 2
ADDRESS = {
    "full_name": "Nora Newcomer",
    "line1": "1 Harbour Street",
    "city": "London",
    "postal_code": "E1 6AN",
    "country": "GB",
}
Json = dict[str, Any]


class Unexpected(Exception):
    """A step of the journey did not answer as it must."""


class Shopper:
    """A client of the shop that sends along what it was given: tokens of a cart and a session."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=30)
        self.headers: dict[str, str] = {}

    def call(self, method: str, path: str, body: Json | None = None, expect: int = 200) -> Any:
        headers = dict(self.headers)
        if method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        response = self.http.request(method, f"/api/v1/{path}", json=body, headers=headers)
        if response.status_code != expect:
            raise Unexpected(f"{method} {path}: {response.status_code} {response.text[:500]}")
        if token := response.headers.get("X-Cart-Token"):
            self.headers["X-Cart-Token"] = token
        return response.json() if response.content else None

    def sign_in(self, path: str, body: Json, expect: int) -> Json:
        answer: Json = self.call("POST", path, body, expect=expect)
        self.headers["Authorization"] = f"Bearer {answer['access']}"
        self.headers.pop("X-Cart-Token", None)
        return answer


def travel(base_url: str, staff_email: str, staff_password: str) -> None:
    """Make the whole journey, saying each step. Raises Unexpected."""
    shopper = Shopper(base_url)

    product, sku = browse(shopper)
    say(f"found {product['name']}, {sku}")

    cart = shopper.call("POST", "cart/lines/", {"sku": sku, "quantity": UNITS}, expect=201)
    check(cart["item_count"] == UNITS, "two units are in the guest's cart")

    email = f"nora-{uuid4().hex[:12]}@shop.example"
    credentials = {"email": email, "password": "a-harbour-of-ships", "first_name": "Nora"}
    shopper.sign_in("auth/register/", credentials, expect=201)
    check(shopper.call("GET", "cart/")["item_count"] == UNITS, "the cart followed into the account")

    quote = shopper.call("POST", "checkout/quote/", {"shipping_address": ADDRESS})
    placement = {
        "shipping_address": ADDRESS,
        "shipping_method": quote["shipping_method"],
        "quote": quote["quote"],
    }
    order = shopper.call("POST", "orders/", placement, expect=201)
    number = order["number"]
    check(order["total"] == quote["total"], f"order {number} costs what the quote said")
    check(shopper.call("GET", "cart/")["item_count"] == 0, "the cart is empty again")

    payment = shopper.call(
        "POST", f"orders/{number}/payments/", {"provider": "sandbox"}, expect=201
    )
    approve(payment["next_action"]["url"])
    confirmed = wait_until(
        lambda: shopper.call("GET", f"orders/{number}/"),
        lambda answer: answer["status"] == "confirmed",
    )
    check(confirmed["payment_status"] == "paid", "the signed webhook confirmed the payment")

    with at_work(Shopper(base_url), staff_email, staff_password) as staff:
        parcel = {"carrier": "Harbour Post", "tracking_number": "HP123456789GB"}
        staff.call("POST", f"staff/orders/{number}/shipments/", parcel, expect=201)
    shipped = shopper.call("GET", f"orders/{number}/")
    check(shipped["fulfillment_status"] == "fulfilled", "staff shipped it, with a tracking number")

    review_it(shopper, product["slug"])


@contextmanager
def at_work(staff: Shopper, email: str, password: str) -> Iterator[Shopper]:
    """Sign in as staff, with a second factor until the block ends where one is wanted.

    Raises Unexpected.
    """
    staff.sign_in("auth/login/", {"email": email, "password": password}, expect=200)
    headers = {"Authorization": staff.headers["Authorization"]}
    look = staff.http.get("/api/v1/staff/orders/", headers=headers)
    is_wanted = look.status_code == HTTPStatus.FORBIDDEN and look.json()["code"] == "mfa_required"
    if not is_wanted:
        yield staff
        return
    begun = staff.call("POST", "auth/totp/", {"current_password": password}, expect=201)
    made = staff.call("POST", "auth/totp/confirmation/", {"otp": code_of(begun["secret"])})
    check(made["recovery_codes"], "staff added a second factor")
    try:
        yield staff
    finally:
        both = {"current_password": password, "otp": made["recovery_codes"][0]}
        staff.call("DELETE", "auth/totp/", both, expect=204)


def code_of(secret: str) -> str:
    """Return what an authenticator app shows now (RFC 6238, with the rest as RFC 4226 §5.3)."""
    step = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(secret), step, hashlib.sha1)
    offset = mac[-1] & 0xF
    (number,) = struct.unpack(">I", mac[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def browse(shopper: Shopper) -> tuple[Json, str]:
    cards = shopper.call("GET", "products/?in_stock=true&page_size=50")["results"]
    for card in cards:
        found = shopper.call(
            "GET", f"products/?search={httpx.QueryParams({'q': card['name']})['q']}"
        )
        check(any(hit["slug"] == card["slug"] for hit in found["results"]), "search finds it")
        product = shopper.call("GET", f"products/{card['slug']}/")
        for variant in product["variants"]:
            if variant["available"] >= UNITS and variant["price"] is not None:
                return card, variant["sku"]
    raise Unexpected("nothing on the first page can be bought twice")


def approve(url: str) -> None:
    """Press the button on the sandbox provider's payment page, as a browser would."""
    with httpx.Client(timeout=30, follow_redirects=True) as browser:
        page = browser.get(url)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise Unexpected(f"{url}: {page.status_code} without a form")
        form = {"csrfmiddlewaretoken": token[1], "decision": "approve"}
        answer = browser.post(url, data=form, headers={"Referer": url})
        check(answer.is_success, "the card was approved on the provider's page")


def review_it(shopper: Shopper, slug: str) -> None:
    before = shopper.call("GET", f"products/{slug}/")["review_count"]
    review = {"rating": 5, "title": "Sturdy", "text": "Came quickly and does what it should."}
    written = shopper.call("POST", f"products/{slug}/reviews/", review, expect=201)
    check(written["verified_purchase"], "the review counts as a verified purchase")
    card = wait_until(
        lambda: next(
            hit
            for hit in shopper.call("GET", "products/?in_stock=true&page_size=50")["results"]
            if hit["slug"] == slug
        ),
        lambda hit: hit["review_count"] == before + 1,
    )
    check(card["rating"] is not None, f"the card shows {card['rating']} of 5")


def wait_until(ask: Callable[[], Json], holds: Callable[[Json], bool]) -> Json:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds(answer := ask()):
        if time.monotonic() > deadline:
            raise Unexpected(f"still waiting after {PATIENCE_SECONDS} s: {answer}")
        time.sleep(0.2)
    return answer


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
        travel(options.base_url, options.staff, options.password)
    except (Unexpected, httpx.HTTPError) as error:
        print(f"  ✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
