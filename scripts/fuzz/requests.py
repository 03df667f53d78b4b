"""What generated requests are about: real products, carts, quotes and orders.

A generator of random values never guesses an order number. `REAL` says per operation what a
request that can succeed holds, made in the shop at the moment it is needed.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from scripts.fuzz.shop import PASSWORD, REVIEW, Shop, picture, somebody, variant
from scripts.journey import ADDRESS, Json, Shopper


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Parts of a request; a header that is None is left out of it."""

    path: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = None
    file: bytes | None = None


def tokens_of(shopper: Shopper) -> dict[str, str | None]:
    """Return the headers by which a guest's cart and orders are known."""
    names = ("X-Cart-Token", "X-Order-Token", "If-Match")
    return {name: shopper.headers.get(name) for name in names}


def in_cart(shop: Shop) -> Parts:
    buyer, sku = shop.with_line()
    return Parts(path={"sku": sku}, headers=tokens_of(buyer), body={"quantity": 3})


def to_quote(shop: Shop) -> Parts:
    buyer, _ = shop.with_line()
    return Parts(headers=tokens_of(buyer), body={"shipping_address": ADDRESS})


def to_order(shop: Shop) -> Parts:
    buyer, placement = shop.quoted()
    return Parts(headers=with_key(tokens_of(buyer)), body=placement)


def own_order(body: Json | None = None) -> Callable[[Shop], Parts]:
    def parts(shop: Shop) -> Parts:
        buyer, order = shop.order()
        return Parts(path=number_of(order), headers=with_key(tokens_of(buyer)), body=body)

    return parts


def staff_order(
    make: Callable[[Shop], Json], body: Callable[[Json], Json] | None = None
) -> Callable[[Shop], Parts]:
    def parts(shop: Shop) -> Parts:
        order = make(shop.for_guests())
        return Parts(
            path=number_of(order), headers=with_key({}), body=body(order) if body else None
        )

    return parts


def number_of(order: Json) -> dict[str, str]:
    return {"number": order["number"]}


def with_key(headers: dict[str, str | None]) -> dict[str, str | None]:
    return {"If-Match": None, **headers, "Idempotency-Key": uuid4().hex}


def guest_cart(shop: Shop) -> Parts:
    guest = Shopper(shop.base_url)
    guest.call("POST", "cart/lines/", {"sku": shop.sku(), "currency": "USD"}, expect=201)
    return Parts(headers=tokens_of(guest))


def signed_notice(shop: Shop) -> Parts:
    """Sign a notice as the sandbox provider does, over the bytes that `requests` will send."""
    event = {"id": f"evt_{uuid4().hex}", "type": "payment.approved", "payment": "PAY-UNKNOWN"}
    event |= {"amount": "1.00", "currency": "USD"}
    moment = int(time.time())
    signed = f"{moment}.{json.dumps(event)}".encode()
    digest = hmac.new(shop.webhook_secret.encode(), signed, hashlib.sha256).hexdigest()
    signature = {"Sandbox-Signature": f"t={moment},v1={digest}"}
    return Parts(path={"provider": "sandbox"}, headers=signature, body=event)


def review_to_decide(shop: Shop) -> Parts:
    waiting = shop.staff.call("GET", "staff/reviews/?page_size=100")["results"]
    review = shop.random.choice(waiting)
    decision = {"decision": "reject", "reason": "Not about the product."}
    return Parts(path={"id": review["id"]}, body=decision)


def product(shop: Shop) -> Parts:
    return Parts(path={"slug": shop.slug()})


def new_product(shop: Shop) -> Parts:
    path = {"id": shop.new_product()}
    return Parts(path=path, headers={"If-Match": None}, body={"seo_title": "A mug"})


def new_variant(shop: Shop) -> Parts:
    product, added = shop.new_variant()
    path = {"product_id": product, "id": added["id"]}
    return Parts(path=path, headers={"If-Match": None}, body={"position": 2})


def new_image(shop: Shop) -> Parts:
    product, image = shop.new_image()
    return Parts(path={"product_id": product, "id": image}, body={"alt": "A teal square"})


OWN_ORDER = "/api/v1/orders/{number}/"
STAFF_ORDER = "/api/v1/staff/orders/{number}/"
STAFF_PRODUCT = "/api/v1/staff/products/{id}/"
IMAGES = "/api/v1/staff/products/{product_id}/images/"
VARIANTS = "/api/v1/staff/products/{product_id}/variants/"
ADDRESS_ENTRY = "/api/v1/users/me/addresses/{id}/"
# By the label of an operation: what anybody's request may hold …
REAL: dict[str, Callable[[Shop], Parts]] = {
    "POST /api/v1/auth/register/": lambda _: Parts(body=somebody()),
    "POST /api/v1/auth/refresh/": lambda shop: Parts(body={"refresh": shop.refresh_token()}),
    "POST /api/v1/auth/logout/": lambda shop: Parts(body={"refresh": shop.refresh_token()}),
    "GET /api/v1/categories/{slug}/": lambda shop: Parts(
        path={"slug": shop.random.choice(shop.categories)}
    ),
    "GET /api/v1/products/{slug}/": product,
    "GET /api/v1/products/{slug}/reviews/": product,
    "GET /api/v1/products/{slug}/reviews/summary/": product,
    "POST /api/v1/cart/lines/": lambda shop: Parts(
        headers=tokens_of(shop.buyer()), body={"sku": shop.sku(), "quantity": 2}
    ),
    "PUT /api/v1/cart/lines/{sku}/": in_cart,
    "DELETE /api/v1/cart/lines/{sku}/": in_cart,
    "DELETE /api/v1/cart/": in_cart,
    "POST /api/v1/checkout/quote/": to_quote,
    "POST /api/v1/orders/": to_order,
    f"GET {OWN_ORDER}": own_order(),
    f"GET {OWN_ORDER}events/": own_order(),
    f"POST {OWN_ORDER}cancellation/": own_order({"reason": "A change of mind."}),
    f"POST {OWN_ORDER}payments/": own_order({"provider": "sandbox"}),
    "POST /api/v1/payments/webhooks/{provider}/": signed_notice,
}
# … what that of somebody with an account may …
REAL_OF_ACCOUNTS: dict[str, Callable[[Shop], Parts]] = {
    "POST /api/v1/auth/login/": lambda shop: Parts(
        body=shop.caller.credentials if shop.caller else None
    ),
    "POST /api/v1/cart/merge/": guest_cart,
    "DELETE /api/v1/auth/sessions/{id}/": lambda shop: Parts(path={"id": shop.session_id()}),
    "POST /api/v1/products/{slug}/reviews/": lambda shop: Parts(
        path={"slug": shop.unreviewed()}, body=dict(REVIEW)
    ),
    "PATCH /api/v1/reviews/{id}/": lambda shop: Parts(
        path={"id": shop.review_id()}, body={"rating": 2}
    ),
    "DELETE /api/v1/reviews/{id}/": lambda shop: Parts(path={"id": shop.review_id()}),
    **{
        f"{method} {ADDRESS_ENTRY}": lambda shop: Parts(
            path={"id": shop.address_id()}, body=dict(ADDRESS)
        )
        for method in ("GET", "PUT", "PATCH", "DELETE")
    },
}
# … what that of a customer, whom nobody else needs …
REAL_OF_CUSTOMERS: dict[str, Callable[[Shop], Parts]] = {
    "POST /api/v1/auth/email-change/": lambda _: Parts(
        body={"current_password": PASSWORD, "new_email": somebody()["email"]}
    ),
    "POST /api/v1/auth/password-change/": lambda _: Parts(
        body={"current_password": PASSWORD, "new_password": PASSWORD}
    ),
    "POST /api/v1/auth/totp/": lambda _: Parts(body={"current_password": PASSWORD}),
    "POST /api/v1/back-in-stock/": lambda shop: Parts(body={"sku": shop.awaited()}),
    "DELETE /api/v1/back-in-stock/{sku}/": lambda shop: Parts(path={"sku": shop.awaited()}),
}
# … and what that of staff.
REAL_OF_STAFF: dict[str, Callable[[Shop], Parts]] = {
    f"GET {STAFF_ORDER}": staff_order(lambda shop: shop.order()[1]),
    f"POST {STAFF_ORDER}cancellation/": staff_order(
        lambda shop: shop.order()[1], lambda _: {"reason": "Out of stock."}
    ),
    f"POST {STAFF_ORDER}notes/": staff_order(
        lambda shop: shop.order()[1], lambda _: {"text": "Called back."}
    ),
    f"POST {STAFF_ORDER}captures/": staff_order(Shop.owed_order, lambda _: {"reference": "SEPA"}),
    f"POST {STAFF_ORDER}shipments/": staff_order(Shop.paid_order, lambda _: {"carrier": "Post"}),
    f"POST {STAFF_ORDER}deliveries/": staff_order(Shop.shipped_order, lambda _: {}),
    f"POST {STAFF_ORDER}refunds/": staff_order(
        Shop.paid_order, lambda order: {"amount": order["total"], "reason": "A scratch."}
    ),
    **{f"{method} {STAFF_PRODUCT}": new_product for method in ("GET", "PATCH", "DELETE")},
    f"POST {VARIANTS}": lambda shop: Parts(path={"product_id": shop.new_product()}, body=variant()),
    **{f"{method} {VARIANTS}{{id}}/": new_variant for method in ("GET", "PATCH", "DELETE")},
    f"POST {IMAGES}": lambda shop: Parts(path={"product_id": shop.new_product()}, file=picture()),
    **{f"{method} {IMAGES}{{id}}/": new_image for method in ("GET", "PATCH", "DELETE")},
    "PUT /api/v1/staff/reviews/{id}/decision/": review_to_decide,
    "POST /api/v1/staff/stock/{sku}/adjustments/": lambda shop: Parts(
        path={"sku": shop.sku()}, headers=with_key({}), body={"change": 5, "reason": "counted"}
    ),
    "POST /api/v1/staff/stock/{sku}/counts/": lambda shop: Parts(
        path={"sku": shop.sku()},
        headers=with_key({}),
        body={"counted": 500, "reason": "counted"},
    ),
    "POST /api/v1/staff/stock/transfers/": lambda shop: Parts(
        headers=with_key({}),
        body={
            "source": shop.warehouses()[0],
            "target": shop.warehouses()[1],
            "lines": [{"sku": shop.sku(), "quantity": 1}],
            "reason": "nearer",
        },
    ),
    "PUT /api/v1/staff/stock/{sku}/terms/": lambda shop: Parts(path={"sku": shop.sku()}),
    "PUT /api/v1/staff/stock/{sku}/safety-stock/": lambda shop: Parts(
        path={"sku": shop.sku()}, body={"warehouse": shop.warehouses()[0], "units": 1}
    ),
    **{
        f"{method} /api/v1/staff/warehouses/{{id}}/": lambda shop: Parts(
            path={"id": shop.empty_warehouse()}
        )
        for method in ("GET", "PATCH", "DELETE")
    },
    **{
        f"{method} /api/v1/staff/attributes/{{id}}/": lambda shop: Parts(
            path={"id": shop.new_attribute()}
        )
        for method in ("GET", "PATCH", "DELETE")
    },
    "GET /api/v1/staff/stock/{sku}/movements/": lambda shop: Parts(path={"sku": shop.sku()}),
}
