"""The form in which names are stored for search and queries are compared with them."""

import unicodedata
from collections.abc import Iterable

# Between the fields of a search text; `normalized` never returns one, so that a term or a name
# cannot reach over into the next field.
SEPARATOR = "\n"
# Separators, controls, formats such as zero-width joiners, and surrogates no database can store.
_GAPS = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})


def normalized(text: str) -> str:
    """Return the text without regard to case, width, accents and spacing, as one line.

    Two spellings that Unicode calls compatible (UAX #15, NFKC) become one.
    """
    if text.isascii() and text.isprintable():  # nothing below would change such a text more
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(_folded(mark) for mark in unicodedata.normalize("NFKD", folded))
    return " ".join(unicodedata.normalize("NFKC", letters).casefold().split())


def search_text_of(*, name: str, brand: str, skus: Iterable[str], barcodes: Iterable[str]) -> str:
    """Return what search looks through for one product; its name comes first, a field a line."""
    fields = (normalized(field) for field in (name, brand, *skus, *barcodes))
    return SEPARATOR.join(dict.fromkeys(field for field in fields if field))


def _folded(mark: str) -> str:
    if unicodedata.category(mark) in _GAPS:
        return " "
    # The accents of Latin, Greek and Cyrillic; the marks of other scripts make other letters.
    return "" if "\u0300" <= mark <= "\u036f" else mark
