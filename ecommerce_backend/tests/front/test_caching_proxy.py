"""No private byte crosses from one reader to another through a shared cache (RFC 9111)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from django.contrib.auth.models import Permission
from drf_spectacular.settings import spectacular_settings
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from cart.tests.factories import CartFactory, CartLineFactory, GuestCartFactory
from catalog.models import Product, ProductVariant
from catalog.services import stock
from catalog.tests.factories import BrandFactory, CategoryFactory, VariantFactory
from ecommerce_backend.tests.front.caching import DEAF, shared_cache, told
from orders.models import Order
from orders.tests.factories import ADDRESS, OrderFactory, OrderLineFactory, ShippingRateFactory
from orders.tokens import order_token
from reviews.models import Review
from reviews.tests.factories import ReviewFactory
from users.models import User
from users.services import sessions
from users.tests.factories import AddressFactory, UserFactory

# In no group: pytest-xdist begins with groups, and these empty the tables, roles included.
pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = [
    "/api/v1/brands/",
    "/api/v1/categories/",
    "/api/v1/categories/lamps/",
    "/api/v1/products/",
    "/api/v1/products/lamp/",
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


@pytest.fixture(autouse=True)
def _roomy_limits(settings: Settings) -> None:
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (100_000, 60))


@pytest.fixture
def lamp() -> ProductVariant:
    ShippingRateFactory.create()
    return VariantFactory.create(
        product__slug="lamp",
        product__brand=BrandFactory.create(),
        product__category=CategoryFactory.create(slug="lamps"),
    )


@pytest.fixture
def readers(lamp: ProductVariant) -> list[Reader]:
    """Staff who see everything come first, so that the cache could keep it for the others."""
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
        slug = "lamps" if "/categories/" in path else "lamp"
        query = "?country=GB" if path.endswith("/shipping-methods/") else ""
        owners = [reader.places for reader in readers if reader.places]
        filled = (path.format_map({"id": "0", "slug": slug, "sku": sku, **own}) for own in owners)
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


def test_no_private_byte_crosses(
    live_server: LiveServer, tmp_path: Path, readers: list[Reader], lamp: ProductVariant
) -> None:
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        found = {
            address: crossings(client, readers, address) for address in reads(readers, lamp.sku)
        }
        kept = {address for address in found if is_kept(client, address)}

    assert len(found) > 25
    assert {address: who for address, who in found.items() if who} == {}
    assert kept == set(PUBLIC)


def test_a_cache_that_ignores_what_it_is_told_would_let_them_cross(
    live_server: LiveServer, tmp_path: Path, readers: list[Reader], lamp: ProductVariant
) -> None:
    with shared_cache(tmp_path, upstream=live_server.thread.port, extra=DEAF) as client:
        found = {
            address: crossings(client, readers, address) for address in reads(readers, lamp.sku)
        }

    leaking = {address for address, who in found.items() if who}
    assert {
        "/api/v1/auth/sessions/",
        "/api/v1/cart/",
        "/api/v1/orders/",
        "/api/v1/staff/orders/",
        "/api/v1/staff/reviews/",
        "/api/v1/users/me/",
        "/api/v1/users/me/addresses/",
        "/api/v1/users/me/reviews/",
    } <= leaking
    assert not leaking & set(PUBLIC)


def is_kept(client: httpx.Client, address: str) -> bool:
    return [client.get(address).headers["X-Cache"] for _ in range(2)][1] == "HIT"


DISGUISES = ["x.css", ";x.css", "%2fx.css", "%2Fx.css", "?x.css", "/x.css", "%3fx.css"]


@pytest.mark.parametrize("address", ["/api/v1/users/me/", "/api/v1/cart/", "/api/v1/users/me"])
def test_no_disguise_gets_a_private_answer_kept(
    live_server: LiveServer, tmp_path: Path, lamp: ProductVariant, address: str
) -> None:
    ada = customer("ADA", lamp)
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        for disguise in DISGUISES:
            client.get(address + disguise, headers=ada.headers)
            second = client.get(address + disguise, headers=ada.headers)
            stranger = client.get(address + disguise)

            assert second.status_code in {400, 404}, disguise
            assert "HIT" not in {second.headers["X-Cache"], stranger.headers["X-Cache"]}
            assert ada.mark not in told(stranger)


ERRORS = {
    "/api/v1/users/me/": 401,
    "/api/v1/nowhere/": 404,
    "/api/v1/products/gone/": 404,
    "/nowhere/": 404,
    "/api/v1/products": 404,
    "/api/v1/api/sold-out/": 409,
    "/api/v1/api/too-fast/": 429,
    "/api/v1/api/bug/": 500,
    "/plain/bug/": 500,
    "/api/v1/api/database/": 503,
}


@pytest.mark.urls("ecommerce_backend.tests.probes")
def test_no_error_is_kept(live_server: LiveServer, tmp_path: Path) -> None:
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        answers = {address: [client.get(address) for _ in range(2)] for address in ERRORS}

    for address, status in ERRORS.items():
        assert [answer.status_code for answer in answers[address]] == [status, status], address
        assert [answer.headers["X-Cache"] for answer in answers[address]] == ["MISS", "MISS"]


POISONS = [
    {"Host": "localhost"},
    {"Host": "localhost:1"},
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Host": "evil.example"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Port": "1"},
    {"Forwarded": "host=evil.example"},
    {"Origin": "https://evil.example"},
    {"Accept": "application/xml"},
    {"Accept-Language": "ar"},
    {"Range": "bytes=0-1"},
    {"X-HTTP-Method-Override": "POST"},
    {"Authorization": "Bearer x"},
    {"Cookie": "session=x"},
]


def test_what_one_asks_with_does_not_spoil_the_answer_of_the_next(
    live_server: LiveServer, tmp_path: Path
) -> None:
    for _ in range(3):
        VariantFactory.create()
    address = "/api/v1/products/?page_size=1&page=2"
    clean = httpx.get(live_server.url + address)
    with shared_cache(tmp_path, upstream=live_server.thread.port) as client:
        for epoch, poison in enumerate(POISONS):
            client.get(address, headers={**poison, "X-Epoch": str(epoch)})
            after = client.get(address, headers={"X-Epoch": str(epoch)})

            assert after.status_code == 200, poison
            assert after.json() == clean.json(), poison
            assert "evil" not in told(after)


def test_the_cache_asks_again_with_the_tag(live_server: LiveServer, lamp: ProductVariant) -> None:
    address = f"{live_server.url}/api/v1/products/lamp/"
    first = httpx.get(address)

    again = httpx.get(address, headers={"If-None-Match": f'"x", W/{first.headers["ETag"]}'})

    assert (again.status_code, again.content) == (304, b"")
