import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.services.search_text import SEPARATOR, normalized, search_text_of


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Crème  BRÛLÉE", "creme brulee"),
        ("ﬁne Straße ＡＢＣ ｶﾞ", "fine strasse abc ガ"),
        ("İstanbul", "istanbul"),
        ("Ёлка и й", "елка и и"),
        ("Ωμέγα ΣΊΣΥΦΟΣ", "ωμεγα σισυφοσ"),
        ("が か", "が か"),
        ("हिन्दी", "हिन्दी"),
        (" a\u00a0b\u200bc\u2028d\te\x00f\r\n", "a b c d e f"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_what_people_take_for_the_same_is_the_same(text: str, form: str) -> None:
    assert normalized(text) == form


@given(st.text())
def test_spellings_of_a_name_share_one_form(name: str) -> None:
    form = normalized(name)

    assert normalized(unicodedata.normalize("NFD", name)) == form
    assert normalized(unicodedata.normalize("NFC", name)) == form
    assert normalized(f"  {name}\n") == form
    assert SEPARATOR not in form
    assert "\x00" not in form
    form.encode()


@given(st.text(st.characters(codec="ascii")))
def test_the_short_way_for_ascii_comes_to_the_same(name: str) -> None:
    """What is not ASCII, if only a joiner of no width, goes the long way."""
    assert normalized(name) == normalized(f"{name}\u200b")


@given(st.text(), st.text())
def test_every_word_of_a_name_is_in_the_search_text(name: str, brand: str) -> None:
    text = search_text_of(name=name, brand=brand, skus=["ARC-7"], barcodes=["", "4006"])

    assert all(word in text for word in normalized(name).split())


def test_the_name_has_the_first_line() -> None:
    text = search_text_of(name="Arc  Lamp", brand="Arc", skus=["A-1", "A-2"], barcodes=["", "40"])

    assert text == "arc lamp\narc\na-1\na-2\n40"
