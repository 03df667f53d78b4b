"""Five readers, each with things that nobody else may see, and who of them read whose."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx
from django.contrib.auth.models import Permission
from drf_spectacular.settings import spectacular_settings

from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import Product, ProductVariant
from catalog.services import stock
from catalog.tests.factories import VariantFactory
from ecommerce_backend.tests.front.caching import told
from orders.models import Order
from orders.tests.factories import ADDRESS, OrderFactory, OrderLineFactory
from orders.tokens import order_token
from reviews.models import Review
from reviews.tests.factories import ReviewFactory
from users.models import User
from users.services import sessions
from users.tests.factories import AddressFactory, UserFactory

PUBLIC = [
    "/api/v1/brands/",
    "/api/v1/categories/",
    "/api/v1/categories/lamps/",
    "/api/v1/collections/",
    "/api/v1/collections/winter/",
    "/api/v1/products/",
    "/api/v1/products/facets/",
    "/api/v1/products/lamp/",
    "/api/v1/products/lamp/related/",
    "/api/v1/products/lamp/up-sells/",
]


class Reader(NamedTuple):
    """Somebody who asks, and where the things are that only they may see."""

    name: str
    headers: Mapping[str, str]
    places: Mapping[str, str]

    @property
    def mark(self) -> str:
        return f"MARK-OF-{self.name}"

    def is_in(self, answer: str, *, address: str) -> bool:
        """Tell whether an answer holds a word of theirs that was not in the question."""
        words = {self.mark, self.places.get("number", self.mark)}
        return any(word in answer for word in words if word not in address)


def everybody(lamp: ProductVariant) -> list[Reader]:
    """Return them all; staff who see everything come first, so that a cache could keep it."""
    nobody = Reader(name="NOBODY", headers={}, places={})
    return [staff(lamp), customer("ADA", lamp), customer("BOB", lamp), guest(lamp), nobody]


def customer(name: str, lamp: ProductVariant, **fields: Any) -> Reader:
    mark = f"MARK-OF-{name}"
    user = UserFactory.create(email=f"{mark}@shop.example", first_name=mark, **fields)
    CartLineFactory.create(
        cart=CartFactory.create(customer=user), variant=VariantFactory.create(sku=f"{mark}-sku")
    )
    unpublish(f"{mark}-sku")
    # The published word of a review is for all; that it waits is between the author and the shop.
    ReviewFactory.create(
        product=lamp.product, author=user, text=f"{mark} draft", status=Review.Status.PENDING
    )
    places = {
        "id": str(AddressFactory.create(user=user, line1=mark).pk),
        "number": order_of(mark, customer=user).number,
    }
    return Reader(name=name, headers=bearer(user, mark), places=places)


def staff(lamp: ProductVariant) -> Reader:
    reader = customer("STAFF", lamp, is_staff=True)
    user = User.objects.get(email__startswith=reader.mark)
    user.user_permissions.set(Permission.objects.all())
    stock.adjust(variant=lamp, change=1, reason=reader.mark, actor=user)
    return reader


def guest(lamp: ProductVariant) -> Reader:
    mark, token = "MARK-OF-GUEST", "the-token-of-a-guest"
    CartLineFactory.create(
        cart=GuestCartFactory.create(token=token), variant=VariantFactory.create(sku=f"{mark}-sku")
    )
    unpublish(f"{mark}-sku")
    order = order_of(mark, customer=None)
    headers = {"X-Cart-Token": token, "X-Order-Token": order_token(order.number)}
    return Reader(name="GUEST", headers=headers, places={"number": order.number})


def unpublish(sku: str) -> None:
    """Take a product off the catalogue, so that its SKU shows in the cart alone."""
    product = ProductVariant.objects.get(sku=sku).product
    product.status = Product.Status.ARCHIVED
    product.save(update_fields=["status"])


def order_of(mark: str, *, customer: User | None) -> Order:
    order = OrderFactory.create(
        customer=customer,
        email=f"{mark}@shop.example",
        shipping_address={**ADDRESS, "full_name": mark},
    )
    OrderLineFactory.create(order=order)
    return order


def bearer(user: User, mark: str) -> dict[str, str]:
    pair = sessions.open_session(user=user, address="203.0.113.7", user_agent=mark)
    return {"Authorization": f"Bearer {pair.access}"}


def reads(readers: list[Reader], sku: str) -> Iterator[str]:
    """Yield every GET of the document, those of one thing for the things of each reader."""
    document = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
    for path, operations in document["paths"].items():
        if "get" not in operations:
            continue
        shelves = {"/categories/": "lamps", "/collections/": "winter"}
        slug = next((slug for shelf, slug in shelves.items() if shelf in path), "lamp")
        query = "?country=GB" if path.endswith("/shipping-methods/") else ""
        owners = [reader.places for reader in readers if reader.places]
        any_ = {"id": "0", "product_id": "0", "slug": slug, "sku": sku}
        filled = (path.format_map({**any_, **own}) for own in owners)
        yield from dict.fromkeys(address + query for address in filled)


def crossings(client: httpx.Client, readers: list[Reader], address: str) -> set[tuple[str, str]]:
    """Let everybody ask twice; return who read whose word."""
    found = set()
    for _ in range(2):
        for reader in readers:
            answer = told(client.get(address, headers=reader.headers))
            others = {
                other.name
                for other in readers
                if other is not reader and other.is_in(answer, address=address)
            }
            if reader.name != "STAFF" or "/staff/" not in address:
                found |= {(reader.name, other) for other in others}
    return found
