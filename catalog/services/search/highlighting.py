"""Where in a name or description the words of a query stand, as HTML that is safe to show."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from django.conf import settings
from django.db import connections, router

from catalog.models import Product
from catalog.services.search.questions import Question

BEFORE, AROUND = 60, 200  # characters of a description before the first mark, and in all
READ = 2000  # characters of a description that are looked at
# Of Unicode's private use, so that they mean nothing in a text; what stands there is a blank.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_HEADLINES = """
SELECT ts_headline(%s::regconfig, text, %s::tsquery, %s)
FROM unnest(%s::text[]) WITH ORDINALITY AS texts(text, position)
ORDER BY position
"""
Row = Mapping[str, Any]
Span = tuple[int, int]


def highlights(rows: Sequence[Row], question: Question) -> list[dict[str, str | None]]:
    """Return the marked name of each row, and the marked part of its `summary`; one query.

    Marks are `<mark>`; all else is escaped. A part is None where nothing in it is marked.
    """
    texts = [_legible(text) for row in rows for text in (row["name"], row["summary"])]
    spans = _spans(texts, question) if question.lexemes else [[] for _ in texts]
    return [
        {
            "name": _marked(name, name_spans) if name_spans else None,
            "description": _part(summary, summary_spans) if summary_spans else None,
        }
        for name, name_spans, summary, summary_spans in zip(
            texts[::2], spans[::2], texts[1::2], spans[1::2], strict=True
        )
    ]


def _spans(texts: Sequence[str], question: Question) -> list[list[Span]]:
    """Return where the words stand in each text, in characters."""
    options = f"HighlightAll=true, StartSel={_OPEN}, StopSel={_CLOSE}"
    language = settings.SEARCH_LANGUAGES[0]
    folded = [_folded(text) for text in texts]
    with connections[router.db_for_read(Product)].cursor() as cursor:
        cursor.execute(_HEADLINES, [language, question.lexemes, options, folded])
        return [list(_marks(marked)) for (marked,) in cursor.fetchall()]


def _marks(marked: str) -> Iterator[Span]:
    for count, mark in enumerate(_MARK.finditer(marked)):
        # Each earlier mark, and the opening of this one, stands in the way of counting.
        start = mark.start(1) - 2 * count - 1
        yield start, start + len(mark[1])


def _legible(text: str) -> str:
    return text.replace(_OPEN, " ").replace(_CLOSE, " ")


def _folded(text: str) -> str:
    """Return the text in small letters without accents and signs, letter for letter as long."""
    return "".join(_folded_letter(letter) for letter in text)


def _folded_letter(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[:1].lower()
    folded = base if len(base) == 1 else letter
    return folded if folded.isalnum() else " "


def _part(text: str, spans: Sequence[Span]) -> str:
    first = spans[0][0]
    start = 0 if first <= BEFORE else text.rfind(" ", 0, first - BEFORE // 2) + 1
    end = min(len(text), start + AROUND)
    if end < len(text):
        end = max(text.rfind(" ", start, end), spans[0][1])
    inside = [(one - start, other - start) for one, other in spans if start <= one and other <= end]
    lead, tail = "…" if start else "", "…" if end < len(text) else ""
    return f"{lead}{_marked(text[start:end], inside)}{tail}"


def _marked(text: str, spans: Sequence[Span]) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    return "".join([*pieces, escape(text[last:])])
