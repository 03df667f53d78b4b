"""What customers and suppliers write must stay text wherever staff or others see it."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore  # type: ignore[import-untyped]

from cart.models import Cart
from catalog.models import (
    BackInStockRequest,
    CatalogImport,
    ProductImage,
    SearchMiss,
    Stock,
    Synonym,
)
from catalog.services import stock
from catalog.tests.factories import (
    AttributeFactory,
    BrandFactory,
    CategoryFactory,
    CollectionFactory,
    ListPriceFactory,
    PriceListFactory,
    ProductFactory,
    VariantFactory,
    WarehouseFactory,
)
from orders.models import Order, Payment, SandboxSession, Shipment
from orders.services.notes import write_note
from orders.services.payments import start_payment
from orders.tests.factories import ADDRESS, OrderFactory, OrderLineFactory, filled_cart
from reviews.tests.factories import ReviewFactory
from users.models import LoginSession, User
from users.services import sessions
from users.tests.factories import PASSWORD, AddressFactory, CustomerGroupFactory, UserFactory

pytestmark = pytest.mark.django_db

MARKUP = """"'><img src=x onerror=steal()><script>steal()</script>"""
RAW = re.compile(r"<img src=x|<script>steal")


@pytest.fixture(autouse=True)
def _pages_may_ask_row_by_row() -> Iterator[None]:
    """Let this test look at pages; others count what they ask."""
    with zeal_ignore():
        yield


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner@shop.example", PASSWORD))
    return client


def customer() -> User:
    named: User = UserFactory.create(first_name=MARKUP, last_name=MARKUP)
    AddressFactory.create(user=named, full_name=MARKUP, line1=MARKUP, city=MARKUP)
    return named


def order() -> Order:
    address = ADDRESS | dict.fromkeys(("full_name", "company", "line1", "city"), MARKUP)
    written: Order = OrderFactory.create(shipping_address=address, billing_address=address)
    variant = VariantFactory.create(product__name=MARKUP, options={"Size": MARKUP})
    OrderLineFactory.create(order=written, variant=variant)
    Shipment.objects.create(order=written, carrier=MARKUP, tracking_number=MARKUP)
    write_note(order=written, actor=UserFactory.create(), text=MARKUP)
    return written


def cart() -> Cart:
    variant = VariantFactory.create(product__name=MARKUP, options={"Size": MARKUP})
    return filled_cart({variant: 1}, customer=customer())


def session() -> LoginSession:
    sessions.open_session(user=customer(), address="203.0.113.7", user_agent=MARKUP)
    return LoginSession.objects.get()


def payment() -> Payment:
    return start_payment(order=order(), provider="sandbox")


def picture() -> Model:
    product = ProductFactory.create(name=MARKUP)
    ProductImage.objects.create(
        product=product, file=f"{MARKUP}.png", alt=MARKUP, width=1, height=1, position=0
    )
    return product


def levels() -> Stock:
    variant, warehouse = VariantFactory.create(), WarehouseFactory.create(name=MARKUP)
    stock.receive({variant.pk: 1}, reference=MARKUP, warehouse=warehouse)
    return Stock.objects.get()


WRITTEN: dict[str, Callable[[], Model]] = {
    "customer": customer,
    "address of a device": session,
    "order": order,
    "payment": payment,
    "review": lambda: ReviewFactory.create(title=MARKUP, text=MARKUP, author=customer()),
    "product": lambda: ProductFactory.create(name=MARKUP, description=MARKUP),
    "name of a file": picture,
    "variant": lambda: VariantFactory.create(product__name=MARKUP, options={"Size": MARKUP}),
    "cart": cart,
    "brand": lambda: BrandFactory.create(name=MARKUP),
    "attribute": lambda: AttributeFactory.create(name=MARKUP, code="a", choices=[MARKUP]),
    "category": lambda: CategoryFactory.create(name=MARKUP),
    "collection": lambda: CollectionFactory.create(name=MARKUP, description=MARKUP),
    "warehouse": lambda: WarehouseFactory.create(name=MARKUP, address=MARKUP),
    "levels of a SKU": levels,
    "who waits": lambda: BackInStockRequest.objects.create(
        variant=VariantFactory.create(sku=MARKUP, on_hand=0), customer=customer()
    ),
    "synonym": lambda: Synonym.objects.create(term=MARKUP, replacement="couch"),
    "search without result": lambda: SearchMiss.objects.create(
        query=MARKUP, count=1, last_seen_on=timezone.localdate()
    ),
    "customer group": lambda: CustomerGroupFactory.create(code="markup", name=MARKUP),
    "price list": lambda: PriceListFactory.create(name=MARKUP),
    "price by a list": lambda: ListPriceFactory.create(
        variant=VariantFactory.create(sku=MARKUP), price_list__name=MARKUP
    ),
    "name of a catalogue file": lambda: CatalogImport.objects.create(
        reference="import:1",
        file_name=MARKUP,
        format="csv",
        size=1,
        mode="row_by_row",
        is_dry_run=True,
    ),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_staff_see_markup_as_text(owner: Client, write: Callable[[], Model]) -> None:
    row = write()
    name = f"admin:{row._meta.label_lower.replace('.', '_')}"  # noqa: SLF001

    pages = [
        owner.get(reverse(f"{name}_changelist")),
        owner.get(reverse(f"{name}_changelist"), {"q": MARKUP}),
        owner.get(reverse(f"{name}_change", args=[row.pk])),
        owner.get(reverse(f"{name}_history", args=[row.pk])),
    ]

    assert [page.status_code for page in pages] == [200] * 4
    assert any("&lt;script&gt;steal()" in page.content.decode() for page in pages)
    assert [page.request["PATH_INFO"] for page in pages if RAW.search(page.content.decode())] == []


def test_every_page_of_the_admin_was_looked_at() -> None:
    looked_at = {"user", "loginsession", "order", "payment", "review", "product", "productvariant"}
    looked_at |= {"brand", "category", "cart", "stock", "warehouse", "backinstockrequest"}
    looked_at |= {"attribute", "synonym", "searchmiss", "catalogimport", "collection"}
    looked_at |= {"customergroup", "pricelist", "pricelistentry"}
    # What staff write themselves, or the shop: numbers, rates and the ledger.
    of_our_own = {"shippingmethod", "taxrate", "refund", "stockmovement", "providerevent"}
    of_our_own |= {"event", "auditrecord", "group", "procrastinatejob"}

    registered = {model._meta.model_name for model in admin.site._registry}  # noqa: SLF001

    assert registered - of_our_own == looked_at


def test_the_provider_shows_markup_as_text(client: Client) -> None:
    paid = payment()
    SandboxSession.objects.update(description=MARKUP)

    page = client.get(f"/sandbox/pay/{paid.provider_reference}/").content.decode()

    assert "&lt;script&gt;steal()" in page
    assert not RAW.search(page)


@pytest.mark.parametrize(
    "path",
    [
        "/<script>steal()</script>/",
        "/?next=<script>steal()</script>",
        "/admin/<script>steal()</script>/",
        "/admin/login/?next=<script>steal()</script>",
        "/sandbox/pay/<script>steal()</script>/",
        "/api/v1/<script>steal()</script>/",
        "/api/v1/products/?search=<script>steal()</script>&<script>steal()</script>",
    ],
)
def test_no_page_repeats_markup_of_an_address(browser: Client, path: str) -> None:
    response = browser.get(path, headers={"X-Request-ID": "<script>steal()</script>"})

    is_page = response["Content-Type"].startswith("text/html")
    assert not (is_page and RAW.search(response.content.decode()))
    assert "<" not in response["X-Request-ID"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "javascript:steal()", r"\\evil.example"],
)
def test_signing_in_leads_to_no_other_site(client: Client, elsewhere: str) -> None:
    User.objects.create_superuser("owner@shop.example", PASSWORD)

    response = client.post(
        f"/admin/login/?next={elsewhere}",
        {"username": "owner@shop.example", "password": PASSWORD, "next": elsewhere},
    )

    assert response.status_code == 302
    assert response["Location"] == "/admin/"


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/manage.py",
        "/requirements.txt",
        "/static/",
        "/static/site/",
        "/static/%2e%2e/settings.py",
        "/static/../settings.py",
        "/media/../settings.py",
        "/__debug__/",
        "/server-status",
    ],
)
def test_nothing_of_the_shops_own_is_served(program: Client, path: str) -> None:
    response = program.get(path)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
