"""Each page in a real browser, which must have nothing to complain about."""

import json
import re
import time
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ecommerce_backend.tests.contract.secure_shop import BASE_URL, SecureShop
from ecommerce_backend.tests.contract.staff_door import sign_in_to_admin
from ecommerce_backend.tests.contract.visitor import Visitor, visitor
from scripts.journey import ADDRESS, browse

pytestmark = pytest.mark.xdist_group("secure_shop")

CUSTOMER = {"email": "customer@shop.example", "password": "demo-customer-1"}
REPORT_SECONDS = 20
INDEX_SECONDS = 20
SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]
MARKUP = """<img src=x onerror="document.title='owned'"><script>owned()</script>"""
INJECT = """(text) => {
  const script = document.createElement("script");
  script.textContent = "document.title = 'owned'";
  document.body.insertAdjacentHTML("beforeend", text);
  document.body.append(script);
}"""
READ = """
[document.body, ...document.querySelectorAll("input, textarea")]
  .map((element) => element.value ?? element.innerText).join()
"""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']} wide")
@pytest.mark.parametrize("path", ["/", "/api/docs/", "/api/redoc/", "/admin/login/"])
def test_a_page_opens_without_a_complaint(
    secure_shop: SecureShop, browser: Browser, path: str, size: dict[str, int]
) -> None:
    with visitor(browser, viewport=size) as guest:
        status = guest.go(path)
        guest.settle()

        assert status == 200
        assert guest.complaints == []
        assert not guest.is_wider_than_the_screen()


def test_an_error_is_a_page(guest: Visitor) -> None:
    assert guest.go("/nowhere/") == 404

    expect(guest.page.get_by_role("heading", name="Not found")).to_be_visible()
    guest.page.get_by_role("link", name="To the first page").click()
    expect(guest.page.get_by_role("link", name="Swagger UI")).to_be_visible()
    assert guest.complaints == [
        "Failed to load resource: the server responded with a status of 404 ()"
    ]


def test_an_operation_is_tried_with_a_demo_login(guest: Visitor) -> None:
    guest.go("/api/docs/")
    page = guest.page
    sign_in = page.locator(".opblock", has_text="/api/v1/auth/login/").first
    sign_in.locator(".opblock-summary-control").click()
    sign_in.locator("textarea.body-param__text").fill(json.dumps(CUSTOMER))
    sign_in.get_by_role("button", name="Execute").click()
    answer = sign_in.locator(".live-responses-table .highlight-code .microlight").first
    expect(answer).to_contain_text('"access"')
    access = json.loads(answer.inner_text())["access"]

    page.get_by_role("button", name="Authorize").click()
    bearer = page.locator(".auth-container", has_text="(http, Bearer)")
    bearer.locator("input").fill(access)
    bearer.get_by_role("button", name="Apply credentials").click()
    bearer.get_by_role("button", name="Close").click()
    account = page.locator(".opblock-get", has_text="/api/v1/users/me/").first
    scroll_to(page, account)
    account.locator(".opblock-summary-control").click()
    account.get_by_role("button", name="Execute").click()

    answered = account.locator(".live-responses-table tbody .response-col_status").first
    expect(answered).to_have_text("200")
    expect(account.locator(".live-responses-table")).to_contain_text(CUSTOMER["email"])
    assert guest.complaints == []


def scroll_to(page: Page, place: Locator) -> None:
    """Go down the page until a place comes near; of a long list no more than that is drawn."""
    for _ in range(60):
        if place.count():
            place.scroll_into_view_if_needed()
            return
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(100)
    raise AssertionError("It is nowhere on the page.")


def test_the_reference_is_searched(guest: Visitor) -> None:
    guest.go("/api/redoc/")

    box = guest.page.get_by_placeholder("Search")
    found = guest.page.locator("[data-role='search:results'] li")
    deadline = time.monotonic() + INDEX_SECONDS
    while not found.count():  # who types before the worker has its index is told of nothing
        assert time.monotonic() < deadline, guest.page.locator("[role=search]").inner_text()
        box.fill("")
        box.press_sequentially("refund", delay=50)
        guest.page.wait_for_timeout(500)

    assert guest.complaints == []


def test_no_other_page_starts_such_a_worker(guest: Visitor) -> None:
    guest.go("/api/docs/")

    with guest.page.expect_console_message(lambda message: "worker-src" in message.text):
        guest.page.evaluate("try { new Worker(URL.createObjectURL(new Blob(['']))) } catch {}")


def test_staff_work_in_the_admin(guest: Visitor) -> None:
    sign_in_to_admin(guest)
    for path in (
        "users/user",
        "orders/order",
        "catalog/product",
        "catalog/stock",
        "reviews/review",
    ):
        assert guest.go(f"/admin/{path}/") == 200
        guest.settle()

    guest.go("/admin/catalog/product/")
    guest.page.locator("#result_list tbody th a").first.click()
    expect(guest.page.get_by_label("Name:", exact=True).first).to_be_visible()
    guest.settle()

    assert guest.complaints == []


def test_a_payment_is_approved_on_the_sandbox_page(secure_shop: SecureShop, guest: Visitor) -> None:
    guest.go(payment_page(secure_shop))
    guest.page.get_by_role("button", name=re.compile("^Pay")).click()

    expect(guest.page.get_by_role("heading", name="Payment approved")).to_be_visible()
    assert guest.complaints == []


@pytest.mark.parametrize("path", ["/", "/api/docs/", "/api/redoc/", "/admin/login/", "/nowhere/"])
def test_what_somebody_injects_is_stopped_and_reported(
    secure_shop: SecureShop, guest: Visitor, path: str
) -> None:
    guest.go(path)
    guest.settle()
    before = reports(secure_shop, path)

    guest.page.evaluate(INJECT, MARKUP)

    await_reports(secure_shop, guest, path, count=before + 2)
    told = {complaint for complaint in guest.complaints if complaint.endswith(" inline")}
    assert told == {"script-src-elem inline", "script-src-attr inline"}
    assert guest.page.title() != "owned"


def reports(shop: SecureShop, path: str) -> int:
    """Count the scripts stopped on a page that browsers have told the shop of."""
    lines = [json.loads(line) for line in shop.log().splitlines() if '"csp.violation"' in line]
    pages = [line["page"] for line in lines if line["directive"].startswith("script-src")]
    return pages.count(f"{BASE_URL}{path}")


def await_reports(shop: SecureShop, guest: Visitor, path: str, *, count: int) -> None:
    """Wait while the browser collects its reports, which takes it about a second."""
    deadline = time.monotonic() + REPORT_SECONDS
    while reports(shop, path) < count:
        assert time.monotonic() < deadline, "the shop was not told"
        guest.page.wait_for_timeout(100)


def payment_page(shop: SecureShop, name: str = "Nora") -> str:
    """Buy something as somebody of that name; return the path of the provider's page."""
    with shop.shopper() as shopper:
        _product, sku = browse(shopper)
        shopper.call("POST", "cart/lines/", {"sku": sku, "quantity": 1}, expect=201)
        address = ADDRESS | {"full_name": name, "line1": name, "city": name}
        quote = shopper.call("POST", "checkout/quote/", {"shipping_address": address})
        placement = {
            "email": f"nora-{uuid4().hex}@shop.example",
            "shipping_address": address,
            "shipping_method": quote["shipping_method"],
            "quote": quote["quote"],
        }
        order = shopper.call("POST", "orders/", placement, expect=201)
        shopper.headers["X-Order-Token"] = order["token"]
        payments = f"orders/{order['number']}/payments/"
        payment = shopper.call("POST", payments, {"provider": "sandbox"}, expect=201)
    return str(payment["next_action"]["url"]).removeprefix(BASE_URL)


def write_markup_everywhere(shop: SecureShop) -> None:
    account = {
        "email": f"writer-{uuid4().hex}@shop.example",
        "password": "a-harbour-of-ships",
        "first_name": MARKUP,
    }
    review = {"rating": 1, "title": MARKUP, "text": MARKUP}
    with shop.shopper() as shopper:
        shopper.sign_in("auth/register/", account, expect=201)
        slug = shopper.call("GET", "products/")["results"][0]["slug"]
        shopper.call("POST", f"products/{slug}/reviews/", review, expect=201)


@pytest.fixture
def sandbox_page(secure_shop: SecureShop) -> str:
    write_markup_everywhere(secure_shop)
    return payment_page(secure_shop, MARKUP)


def test_markup_that_customers_wrote_stays_text(guest: Visitor, sandbox_page: str) -> None:
    sign_in_to_admin(guest)
    shown = []
    for listed in ("users/user/?q=writer-", "orders/order/?q=nora-", "reviews/review/?q=owned"):
        guest.go(f"/admin/{listed}")
        shown.append(guest.page.evaluate(READ))
        guest.page.locator("#result_list tbody th a").first.click()
        guest.settle()
        shown.append(guest.page.evaluate(READ))
    guest.go(sandbox_page)
    guest.settle()

    # In lists and on pages; only the list of orders shows no names.
    assert [MARKUP in text for text in shown] == [True, True, False, True, True, True]
    assert guest.complaints == []
    assert guest.page.title() != "owned"
