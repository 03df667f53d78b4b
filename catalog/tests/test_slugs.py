import re

from hypothesis import given
from hypothesis import strategies as st

from catalog.services.slugs import slug_for


def test_a_name_becomes_a_slug() -> None:
    assert slug_for("Crème Brûlée – Torch", fallback="SKU 1", taken=()) == "creme-brulee-torch"


def test_a_name_without_latin_letters_is_known_by_its_sku() -> None:
    assert slug_for("抹茶ミルク", fallback="TEA/01", taken=()) == "tea01"


def test_two_things_of_one_name_are_told_apart() -> None:
    assert slug_for("Lamp", fallback="A 1", taken={"lamp"}) == "lamp-a-1"
    third = slug_for("Lamp", fallback="A 1", taken={"lamp", "lamp-a-1"})
    assert re.fullmatch("lamp-[0-9a-f]{12}", third)


@given(st.text(), st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.booleans())
def test_a_slug_is_always_fit_for_an_address(name: str, fallback: str, is_taken: bool) -> None:  # noqa: FBT001
    free = slug_for(name * 9, fallback=fallback, taken=())
    slug = slug_for(name * 9, fallback=fallback, taken={free} if is_taken else ())

    assert re.fullmatch("[-a-zA-Z0-9_]{1,255}", slug)
    assert (slug != free) == is_taken


def test_a_product_is_not_given_an_address_that_is_taken_by_the_shop() -> None:
    assert slug_for("Facets", fallback="F-1", taken=()) == "facets-f-1"
    assert slug_for("suggest!", fallback="S-1", taken=()) == "suggest-s-1"
