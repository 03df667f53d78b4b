"""The way into the admin of the running shop."""

from playwright.sync_api import expect

from ecommerce_backend.tests.contract.visitor import Visitor
from ecommerce_backend.tests.running_shop import ADMIN_PASSWORD
from scripts.journey import code_of

RECOVERY_CODES: list[str] = []  # of the admin's second factor, which the first sign-in adds


def sign_in_to_admin(guest: Visitor) -> None:
    page = guest.page
    guest.go("/admin/")
    page.get_by_label("Email").fill("admin@shop.example")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    if RECOVERY_CODES:
        page.get_by_label("Code").fill(RECOVERY_CODES.pop())
        page.get_by_role("button", name="Continue").click()
    else:
        secret = page.locator("#secret").inner_text().replace(" ", "")
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
        page.get_by_label("Code").fill(code_of(secret))
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        RECOVERY_CODES.extend(page.locator("ol.codes code").all_inner_texts())
        page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="What needs doing")).to_be_visible()
