"""What staff put in order with the mouse or the keyboard, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ecommerce_backend.tests.contract.secure_shop import SecureShop
from ecommerce_backend.tests.contract.staff_door import sign_in_to_admin
from ecommerce_backend.tests.contract.visitor import Visitor, visitor

pytestmark = pytest.mark.xdist_group("secure_shop")

CATEGORIES = "/admin/catalog/category/"
COLLECTIONS = "/admin/catalog/collection/"


@pytest.fixture
def clerk(guest: Visitor) -> Visitor:
    sign_in_to_admin(guest)
    guest.settle()  # what a page still loads when it is left counts as a complaint
    return guest


def tree(shop: SecureShop) -> Any:
    """Return the tree of categories as the shop has it: slugs, each with those below it."""

    def slugs(nodes: list[Any]) -> list[Any]:
        return [(node["slug"], slugs(node["children"])) for node in nodes]

    with shop.shopper() as shopper:
        return slugs(shopper.call("GET", "categories/"))


def path_to(slug: str, nodes: list[Any]) -> list[str]:
    for name, below in nodes:
        if name == slug:
            return [name]
        if rest := path_to(slug, below):
            return [name, *rest]
    return []


def row(page: Page, slug: str) -> Locator:
    return page.locator("#result_list tbody tr").filter(
        has=page.get_by_role("cell", name=slug, exact=True)
    )


def drag(page: Page, handle: Locator, target: Locator, *, at: float) -> None:
    """Drag as a hand does: over the target, a little to and fro, and let go at a part of it."""
    handle.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] * at
    page.mouse.move(x, y - 3, steps=8)
    for nudge in (-1, 0, 1, 0):
        page.mouse.move(x, y + nudge)
        page.wait_for_timeout(60)
    page.mouse.up()


def drop_below(clerk: Visitor, moving: str, target: str) -> None:
    """Drag a category onto the lower half of another, until the page has said how it went."""
    page = clerk.page
    with page.expect_navigation():
        drag(page, row(page, moving).locator(".drag-handler"), row(page, target), at=0.75)
    clerk.settle()


def test_a_branch_is_dragged_below_another_and_back_without_a_script(
    secure_shop: SecureShop, clerk: Visitor, browser: Browser
) -> None:
    before = tree(secure_shop)
    (target, _), (moving, branch) = before[0], before[1]
    clerk.go(CATEGORIES)
    clerk.settle()

    drop_below(clerk, moving, target)

    expect(clerk.page.locator(".messagelist .success")).to_contain_text("now.")
    assert path_to(moving, tree(secure_shop)) == [target, moving]
    assert (moving, branch) in tree(secure_shop)[0][1]
    assert clerk.complaints == []
    with visitor(browser, java_script_enabled=False) as plain:
        sign_in_to_admin(plain)
        plain.go(f"{CATEGORIES}?q={moving}")
        row(plain.page, moving).get_by_role("link").first.click()
        plain.page.get_by_label("Position").select_option("right")
        plain.page.get_by_label("Relative to").select_option(index=1)
        plain.page.get_by_role("button", name="Save", exact=True).click()
        expect(plain.page.locator(".messagelist .success")).to_be_visible()
    assert tree(secure_shop) == before


def test_a_category_is_not_dragged_into_its_own_branch(
    secure_shop: SecureShop, clerk: Visitor
) -> None:
    before = tree(secure_shop)
    (moving, branch) = before[0]
    inside = branch[0][0]
    page = clerk.page
    clerk.go(CATEGORIES)
    clerk.settle()
    row(page, moving).locator("a.treebeard-collapse").click()
    expect(row(page, inside)).to_be_visible()

    drop_below(clerk, moving, inside)

    refusal = page.locator(".messagelist .error")
    expect(refusal).to_contain_text("stays where it is: A category cannot stand inside itself")
    assert tree(secure_shop) == before
    assert clerk.complaints == [
        "Failed to load resource: the server responded with a status of 409 ()"
    ]


def test_products_of_a_collection_are_dragged_and_moved_by_the_keyboard(
    secure_shop: SecureShop, clerk: Visitor
) -> None:
    page = clerk.page
    clerk.go(COLLECTIONS)
    clerk.settle()
    page.locator("#result_list tbody th a").first.click()
    lines = page.locator("ol.ordered li")
    expect(lines.first).to_be_visible()
    clerk.settle()
    slug = page.get_by_label("Slug:").input_value()
    first, second, *rest = placed(page)

    drag(page, lines.nth(0), lines.nth(1), at=0.9)
    assert placed(page) == [second, first, *rest]
    page.get_by_role("button", name=f"Move {second} down").press("Enter")
    assert placed(page) == [first, second, *rest]
    page.get_by_role("button", name=f"Move {first} down").press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    clerk.settle()

    with secure_shop.shopper() as shopper:
        cards = shopper.call("GET", f"products/?collection={slug}")["results"]
    assert [card["slug"] for card in cards][:2] == [second, first]
    assert clerk.complaints == []


def placed(page: Page) -> list[str]:
    names: list[str] = page.locator("ol.ordered li span").all_inner_texts()
    return names
