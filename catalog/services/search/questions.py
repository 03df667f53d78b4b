"""What somebody typed, as the database will look for it."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections, router

from catalog.models import SearchWord

MAX_WORDS = 32  # of a query; the rest of a longer one is passed over
MAX_GRAM = 3  # words in a synonym
LONGEST_LIST = 20  # products of one SKU or barcode
SIMPLE = "pg_catalog.simple"
_ASK = """
WITH asked AS MATERIALIZED (
    SELECT catalog_plain(%(typed)s) AS plain
), synonyms AS MATERIALIZED (
    SELECT term_key, replacement_key, is_one_way
    FROM catalog_synonym, asked
    WHERE strpos(' ' || plain || ' ', ' ' || term_key || ' ') > 0
        OR NOT is_one_way AND strpos(' ' || plain || ' ', ' ' || replacement_key || ' ') > 0
    ORDER BY catalog_synonym.id
    LIMIT 50
), words AS MATERIALIZED (
    SELECT DISTINCT word FROM (
        SELECT plain FROM asked
        UNION ALL SELECT term_key FROM synonyms
        UNION ALL SELECT replacement_key FROM synonyms
    ) AS texts(text), regexp_split_to_table(text, ' ') AS word
    WHERE word <> ''
)
SELECT
    plain,
    coalesce((SELECT json_agg(synonyms) FROM synonyms), '[]'),
    coalesce((
        SELECT json_agg(json_build_array(word, to_tsquery(language::regconfig, word)::text))
        FROM words, unnest(%(languages)s::text[]) AS language
    ), '[]'),
    ARRAY(
        SELECT product_id FROM catalog_productvariant
        WHERE sku IN (%(code)s, upper(%(code)s), lower(%(code)s))
            OR barcode <> '' AND barcode = %(code)s
        LIMIT %(longest)s
    )
FROM asked
"""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A query in plain words, and what it asks PostgreSQL for in tsquery's own writing."""

    typed: str  # without outer space, composed, as names are stored
    plain: str
    words: Sequence[str]
    # All words, the last one as a beginning; `exact` has it whole. Both empty without words.
    lexemes: str
    exact: str
    bearers: Sequence[int]  # ids of products that have the query as a SKU or barcode


def ask(typed: str) -> Question:
    """Look up synonyms, stems and codes for what was typed, in one query."""
    values: dict[str, Any] = {
        "typed": typed,
        "code": typed.strip(),
        "languages": list(settings.SEARCH_LANGUAGES),
        "longest": LONGEST_LIST,
    }
    with connections[router.db_for_read(SearchWord)].cursor() as cursor:
        cursor.execute(_ASK, values)
        plain, synonyms, stems, bearers = cursor.fetchone()
    words = plain.split()[:MAX_WORDS]
    groups = list(_groups(words, _stems(stems), _alternatives(synonyms)))
    exact = " & ".join(_either(group) for group in groups)
    begun = [_either({*groups[-1], f"'{words[-1]}':*"})] if groups else []
    lexemes = " & ".join([*(_either(group) for group in groups[:-1]), *begun])
    return Question(
        typed=unicodedata.normalize("NFC", typed.strip()),
        plain=plain,
        words=words,
        lexemes=lexemes,
        exact=exact,
        bearers=bearers,
    )


def _alternatives(synonyms: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], set[str]]:
    """Return what else is looked for in the place of some words."""
    found: dict[tuple[str, ...], set[str]] = {}
    for synonym in synonyms:
        term, replacement = synonym["term_key"], synonym["replacement_key"]
        found.setdefault(tuple(term.split()), set()).add(replacement)
        if not synonym["is_one_way"]:
            found.setdefault(tuple(replacement.split()), set()).add(term)
    return found


def _stems(pairs: Sequence[tuple[str, str]]) -> dict[str, set[str]]:
    """Return each word's forms: itself, and its stems. None for one that says nothing: "the"."""
    forms: dict[str, set[str]] = {}
    for word, stem in pairs:
        forms.setdefault(word, {f"'{word}'"}).add(stem)
    return {word: set() if "" in stems else stems for word, stems in forms.items()}


def _groups(
    words: Sequence[str],
    stems: Mapping[str, set[str]],
    alternatives: Mapping[tuple[str, ...], set[str]],
) -> Iterator[set[str]]:
    """Yield what may stand for each word, or for some that are a synonym together."""
    says_nothing = not any(stems.values())
    position = 0
    while position < len(words):
        length = next(
            size
            for size in range(MAX_GRAM, 0, -1)
            if size == 1 or tuple(words[position : position + size]) in alternatives
        )
        gram = tuple(words[position : position + length])
        forms = {_all_of(gram, stems)} if length > 1 else set(stems[gram[0]])
        if says_nothing:
            forms = {f"'{gram[0]}'"}
        forms |= {_all_of(text.split(), stems) for text in alternatives.get(gram, ())}
        position += length
        if forms := forms - {""}:
            yield forms


def _all_of(words: Sequence[str], stems: Mapping[str, set[str]]) -> str:
    needed = [_either(stems[word]) for word in words if stems[word]]
    return f"({' & '.join(needed)})" if needed else ""


def _either(forms: set[str]) -> str:
    return f"({' | '.join(sorted(forms))})"
