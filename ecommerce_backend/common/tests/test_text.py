import pytest
from rest_framework.exceptions import ValidationError

from ecommerce_backend.common.serializers import (
    EmailAddressField,
    OneLineField,
    OpaqueField,
    ParagraphsField,
)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Ada ", "Ada"),
        ("Cafe\u0301", "Café"),
        ("Å", "Å"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚀 ❤️", "👩\u200d🚀 ❤️"),
        ("O’Brien-Smith, Jr. & Co.", "O’Brien-Smith, Jr. & Co."),
        ("a" + "\u0316" * 8, "a" + "\u0316" * 8),
    ],
)
def test_what_people_are_called_is_kept_in_one_form(written: str, kept: str) -> None:
    assert OneLineField(max_length=50).run_validation(written) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Ada\r\nBcc: all@shop.example", "unprintable"),
        ("Ada\nCustomer", "unprintable"),
        ("Ada\tCustomer", "unprintable"),
        ("Ada\u2028Customer", "unprintable"),
        ("Ada\u0085Customer", "unprintable"),
        ("\x1b[31mAda", "unprintable"),
        ("user\u202egnp.exe", "unprintable"),
        ("\u2066Ada\u2069", "unprintable"),
        ("A\u200bda", "unprintable"),
        ("\ufeffAda", "unprintable"),
        ("A\u00adda", "unprintable"),
        ("Ada\u200d", "unprintable"),
        ("\u200cAda", "unprintable"),
        ("A\u200d\u200dda", "unprintable"),
        ("a" + "\u0301" * 9, "too_many_marks"),
        ("a" + "\u0301\u0323" * 90, "too_many_marks"),
        ("a" * 51, "max_length"),
        ("e\u0301" * 51, "max_length"),
        ("a" * 500_000, "max_length"),
    ],
)
def test_what_hides_something_is_no_name(written: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        OneLineField(max_length=50).run_validation(written)

    assert [fault.code for fault in refused.value.detail] == [code]  # type: ignore[union-attr]


def test_length_is_counted_in_letters_as_they_are_kept() -> None:
    assert OneLineField(max_length=2).run_validation("e\u0301e\u0301") == "éé"
    assert OneLineField(max_length=2).run_validation("🎁🎁") == "🎁🎁"


def test_longer_text_has_lines() -> None:
    field = ParagraphsField(max_length=100)

    assert field.run_validation("One.\r\n\tTwo.\n") == "One.\n\tTwo."
    for written in ("a\rb", "a\x00b", "a\u202eb"):
        with pytest.raises(ValidationError):
            field.run_validation(written)


def test_a_password_is_taken_as_it_is() -> None:
    field = OpaqueField(max_length=100, trim_whitespace=False)

    assert field.run_validation(" e\u0301\u200b\t ") == " e\u0301\u200b\t "


@pytest.mark.parametrize(
    "address", ["ada@shop.example\r\nBcc:x", '"a\x0bb"@shop.example', "a\u202eda@shop.example"]
)
def test_an_address_brings_no_header_along(address: str) -> None:
    with pytest.raises(ValidationError):
        EmailAddressField(max_length=254).run_validation(address)


def test_ten_thousand_accents_are_refused_at_once() -> None:
    with pytest.raises(ValidationError, match="accents"):
        ParagraphsField(max_length=5000).run_validation("a" + "\u0301\u0323" * 9000)
