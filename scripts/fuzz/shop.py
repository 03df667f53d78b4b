"""The shop as scripts/fuzz uses it: makes carts, quotes and orders in every state."""

from copy import copy
from io import BytesIO
from random import Random
from typing import Any
from uuid import uuid4

from PIL import Image

from scripts.journey import ADDRESS, Json, Shopper, Unexpected

PASSWORD = "a-harbour-of-ships"  # noqa: S105
REVIEW = {"rating": 4, "title": "Sturdy", "text": "Does what it should."}


class Account(Shopper):
    """A shopper who signs in again when the session is gone: generated requests end sessions."""

    def __init__(self, base_url: str, email: str, password: str) -> None:
        super().__init__(base_url)
        self.credentials = {"email": email, "password": password}
        self.sign_in("auth/login/", self.credentials, expect=200)

    def call(self, method: str, path: str, body: Json | None = None, expect: int = 200) -> Any:
        try:
            return super().call(method, path, body, expect)
        except Unexpected as unexpected:
            if path.startswith("auth/") or ": 401 " not in str(unexpected):
                raise
            self.headers.clear()
            self.sign_in("auth/login/", self.credentials, expect=200)
            return super().call(method, path, body, expect)


class Shop:
    """The running shop as one caller sees it, and staff who set it up for them."""

    def __init__(
        self, base_url: str, *, staff: Account, caller: Account | None, webhook_secret: str
    ) -> None:
        self.base_url = base_url
        self.staff = staff
        self.caller = caller
        self.webhook_secret = webhook_secret
        self.random = Random(0)  # noqa: S311 – which product it is matters to nobody
        self.slugs = self._for_sale()
        self.categories = [row["slug"] for row in staff.call("GET", "categories/")]

    def sku(self) -> str:
        """Return a SKU that can be bought, after filling its shelf when it is nearly empty."""
        variant = self.random.choice([one for one in self._product()["variants"] if one["price"]])
        if variant["available"] < 10:  # noqa: PLR2004
            path = f"staff/stock/{variant['sku']}/adjustments/"
            self.staff.call("POST", path, {"change": 500, "reason": "refilled"}, expect=201)
        return str(variant["sku"])

    def slug(self) -> str:
        """Return a product that is shown."""
        return str(self._product()["slug"])

    def _product(self) -> Json:
        """Look at one that can be bought: requests of staff rename, archive and delete some."""
        while self.slugs:
            slug = self.random.choice(self.slugs)
            try:
                product: Json = self.staff.call("GET", f"products/{slug}/?currency=USD")
            except Unexpected as unexpected:
                if ": 404 " not in str(unexpected):
                    raise
            else:
                if any(variant["price"] for variant in product["variants"]):
                    return product
            self.slugs = [other for other in self._for_sale() if other != slug]
        raise Unexpected("nothing is for sale any more")

    def _for_sale(self) -> list[str]:
        path = "products/?in_stock=true&page_size=100&currency=USD"
        return [card["slug"] for card in self.staff.call("GET", path)["results"]]

    def new_product(self) -> int:
        """Add a product that differs in colour and has no variant."""
        mug = {"name": f"Mug {uuid4().hex}", "status": "published", "options": ["Colour"]}
        return int(self.staff.call("POST", "staff/products/", mug, expect=201)["id"])

    def new_variant(self) -> tuple[int, Json]:
        """Add a variant, of which there is nothing in stock; its product's id comes first."""
        product = self.new_product()
        path = f"staff/products/{product}/variants/"
        return product, self.staff.call("POST", path, variant(), expect=201)

    def new_image(self) -> tuple[int, int]:
        """Add a picture to a new product; that one's id comes first."""
        product = self.new_product()
        self.staff.call("GET", "users/me/")  # signs in again where the session is gone
        answer = self.staff.http.post(
            f"/api/v1/staff/products/{product}/images/",
            files={"file": ("mug.png", picture(), "image/png")},
            headers=self.staff.headers,
        )
        return product, int(answer.raise_for_status().json()["id"])

    def awaited(self) -> str:
        """Let the caller wait for a SKU, and nothing else."""
        assert self.caller is not None  # noqa: S101
        for row in self.caller.call("GET", "back-in-stock/?page_size=100")["results"]:
            self.caller.call("DELETE", f"back-in-stock/{row['sku']}/", expect=204)
        _, added = self.new_variant()
        sku = str(added["sku"])
        self.caller.call("POST", "back-in-stock/", {"sku": sku}, expect=201)
        return sku

    def warehouses(self) -> list[str]:
        """Return the codes of the default warehouse and of another one."""
        self.empty_warehouse()
        rows = self.staff.call("GET", "staff/warehouses/?page_size=100")["results"]
        return [row["code"] for row in sorted(rows, key=lambda row: not row["is_default"])]

    def empty_warehouse(self) -> int:
        """Open a warehouse."""
        depot = {"code": f"depot-{uuid4().hex[:12]}", "name": "Depot", "priority": 999}
        return int(self.staff.call("POST", "staff/warehouses/", depot, expect=201)["id"])

    def new_attribute(self) -> int:
        """Add an attribute that no product has a value of."""
        depth = {"name": f"Depth {uuid4().hex[:12]}", "type": "number", "unit": "cm"}
        return int(self.staff.call("POST", "staff/attributes/", depth, expect=201)["id"])

    def buyer(self) -> Shopper:
        """Return whoever buys: a guest, or the caller with an emptied cart and nothing unpaid."""
        if self.caller is None:
            return Shopper(self.base_url)
        self.caller.call("DELETE", "cart/", expect=204)
        for order in self.caller.call("GET", "orders/?page_size=10")["results"]:
            if order["status"] == "pending":
                self.caller.call("POST", f"orders/{order['number']}/cancellation/", {})
        return self.caller

    def with_line(self) -> tuple[Shopper, str]:
        buyer, sku = self.buyer(), self.sku()
        buyer.call("POST", "cart/lines/", {"sku": sku, "quantity": 2, "currency": "USD"}, 201)
        return buyer, sku

    def quoted(self) -> tuple[Shopper, Json]:
        buyer, _ = self.with_line()
        quote = buyer.call("POST", "checkout/quote/", {"shipping_address": ADDRESS})
        return buyer, {
            "email": somebody()["email"],
            "shipping_address": ADDRESS,
            "shipping_method": quote["shipping_method"],
            "quote": quote["quote"],
        }

    def for_guests(self) -> "Shop":
        """Return the same shop as a guest sees it."""
        shop = copy(self)
        shop.caller = None
        return shop

    def order(self) -> tuple[Shopper, Json]:
        """Place an order; a guest's is known by the token that the buyer holds from now on."""
        buyer, placement = self.quoted()
        order: Json = buyer.call("POST", "orders/", placement, expect=201)
        if self.caller is None:
            buyer.headers["X-Order-Token"] = order["token"]
        return buyer, order

    def paid_order(self) -> Json:
        order = self.owed_order()
        path = f"staff/orders/{order['number']}/captures/"
        self.staff.call("POST", path, {"reference": "SEPA 1"}, expect=201)
        return order

    def owed_order(self) -> Json:
        """Return an order that waits for its bank transfer."""
        buyer, order = self.order()
        path = f"orders/{order['number']}/payments/"
        buyer.call("POST", path, {"provider": "manual"}, expect=201)
        return order

    def shipped_order(self) -> Json:
        order = self.paid_order()
        path = f"staff/orders/{order['number']}/shipments/"
        self.staff.call("POST", path, {"carrier": "Harbour Post"}, expect=201)
        return order

    def session_id(self) -> int:
        """Sign the caller in a second time and return that session."""
        assert self.caller is not None  # noqa: S101
        known = {row["id"] for row in self._sessions()}
        Account(self.base_url, **self.caller.credentials)
        return int(next(row["id"] for row in self._sessions() if row["id"] not in known))

    def _sessions(self) -> list[Json]:
        assert self.caller is not None  # noqa: S101
        rows: list[Json] = self.caller.call("GET", "auth/sessions/?page_size=100")["results"]
        return rows

    def refresh_token(self) -> str:
        """Sign in once more and return that session's token."""
        account = self.caller or self.staff
        answer = Shopper(self.base_url).call("POST", "auth/login/", account.credentials)
        return str(answer["refresh"])

    def unreviewed(self) -> str:
        """Return a product that the caller has no review of, by taking an earlier one back."""
        assert self.caller is not None  # noqa: S101
        slug = self.slug()
        for review in self.caller.call("GET", "users/me/reviews/?page_size=100")["results"]:
            if review["product"]["slug"] == slug:
                self.caller.call("DELETE", f"reviews/{review['id']}/", expect=204)
        return slug

    def review_id(self) -> int:
        assert self.caller is not None  # noqa: S101
        review = self.caller.call(
            "POST", f"products/{self.unreviewed()}/reviews/", dict(REVIEW), expect=201
        )
        return int(review["id"])

    def address_id(self) -> int:
        assert self.caller is not None  # noqa: S101
        return int(self.caller.call("POST", "users/me/addresses/", ADDRESS, expect=201)["id"])


def picture() -> bytes:
    """Return a small PNG."""
    png = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(png, "PNG")
    return png.getvalue()


def variant() -> Json:
    """Return what staff send of a variant of a new product."""
    price = {"currency": "USD", "amount": "26.00"}
    return {"sku": f"MUG-{uuid4().hex}", "options": {"Colour": "Oat"}, "prices": [price]}


def somebody() -> Json:
    return {"email": f"nora-{uuid4().hex}@shop.example", "password": PASSWORD}
