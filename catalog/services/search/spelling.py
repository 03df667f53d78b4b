"""What was meant by words that nobody sells anything under."""

import itertools
from collections.abc import Iterable, Mapping, Sequence

from django.db import connections, router

from catalog.models import SearchWord

SHORTEST, LONGEST = 3, 30  # letters of a word that may be misspelt
MOST_WORDS = 6  # of a query that are looked at
RARE = 2  # products: a word of no more may itself be a misspelling
NEAREST = 200  # words by trigrams of which the nearest by letters is chosen
_NEAREST = """
SELECT asked.word, near.word, near.products
FROM unnest(%s::text[]) AS asked(word), LATERAL (
    SELECT word, products FROM catalog_searchword
    ORDER BY catalog_searchword.word <-> asked.word
    LIMIT %s
) AS near
"""


def respelled(words: Sequence[str], *, is_begun: bool = False) -> str:
    """Return the words as the shop spells them, empty where it knows no better; two queries.

    With `is_begun` the last word may be the beginning of one.
    """
    words = words[:MOST_WORDS]
    known = _known([*words, *_joined(words), *_halves(words)])
    kept = _put_together(words, known)
    begun = kept[-1] if is_begun and kept else ""
    nearest = _nearest([word for word in kept if not _is_known(word, known)], begun=begun)
    spelled = [nearest.get(word) or _split(word, known) or word for word in kept]
    return "" if spelled == list(words) else " ".join(spelled)


def distance(one: str, other: str, *, most: int) -> int:
    """Return how many letters are wrong, missing, too many or swapped; `most` + 1 if more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, another in enumerate(other, start=1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != another))
            is_swapped = row > 1 and column > 1 and letter == other[column - 2]
            if is_swapped and one[row - 2] == another:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
        if min(last) > most:
            return most + 1
    return last[-1]


def _known(words: Iterable[str]) -> dict[str, int]:
    found = SearchWord.objects.filter(word__in=set(words))
    return dict(found.values_list("word", "products"))


def _is_known(word: str, known: Mapping[str, int]) -> bool:
    may_be_misspelt = SHORTEST <= len(word) <= LONGEST and not word.isdecimal()
    return known.get(word, 0) > RARE or not may_be_misspelt


def _joined(words: Sequence[str]) -> list[str]:
    return [one + other for one, other in itertools.pairwise(words)]


def _halves(words: Sequence[str]) -> list[str]:
    return [part for word in words for pair in _splits(word) for part in pair]


def _splits(word: str) -> list[tuple[str, str]]:
    if len(word) > LONGEST:
        return []
    return [(word[:at], word[at:]) for at in range(SHORTEST, len(word) - SHORTEST + 1)]


def _split(word: str, known: Mapping[str, int]) -> str:
    pairs = [pair for pair in _splits(word) if pair[0] in known and pair[1] in known]
    best = max(pairs, key=lambda pair: min(known[pair[0]], known[pair[1]]), default=())
    return " ".join(best)


def _put_together(words: Sequence[str], known: Mapping[str, int]) -> list[str]:
    """Write "note book" as one word, where the shop knows it as one and not its parts."""
    kept: list[str] = []
    for word in words:
        if kept and kept[-1] + word in known and not (kept[-1] in known and word in known):
            kept[-1] += word
        else:
            kept.append(word)
    return kept


def _nearest(words: Sequence[str], *, begun: str) -> dict[str, str]:
    if not words:
        return {}
    with connections[router.db_for_read(SearchWord)].cursor() as cursor:
        cursor.execute(_NEAREST, [list(words), NEAREST])
        rows = cursor.fetchall()
    best: dict[str, tuple[int, int, int, str]] = {}
    for asked, word, products in rows:
        most = 1 if len(asked) < 5 else 2  # noqa: PLR2004
        wrong = distance(asked, word, most=most)
        if asked == begun and len(word) > len(asked):
            wrong = min(wrong, distance(asked, word[: len(asked)], most=most))
        if 0 < wrong <= most:
            # Fewer wrong letters first; a wrong first letter is rare; then what there is more of.
            candidate = (wrong, int(asked[0] != word[0]), -products, word)
            best[asked] = min(best.get(asked, candidate), candidate)
    return {asked: choice[-1] for asked, choice in best.items()}
