"""How good search is: its answers beside the judgements of people who read the products.

A judgement names, for a query, the products of grade 3 (what was meant), 2 (would do) and 1 (is of
the kind), by text that occurs in " name category:slug " in lower case; a bar between two texts asks
for both. The first grade that fits counts.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

from catalog.services.storefront.listing import Criteria, browse, listed
from catalog.services.storefront.pages import numbered

TOP = 10
GRADES = (3, 2, 1)

Facts = str


@dataclass(frozen=True, kw_only=True)
class Measured:
    query: str
    ndcg: float
    found: Sequence[tuple[str, int]]  # names and grades of the first ten


def measure(file: Path) -> list[Measured]:
    """Return nDCG@10 of each judged query, over what the shop lists today."""
    everything = {row[0]: _facts(*row[1:]) for row in listed().values_list(*_COLUMNS)}
    return [_measured(judgement, everything) for judgement in json.loads(file.read_text())]


def misplaced(file: Path, *, within: int) -> dict[str, list[str]]:
    """Return the queries of which nothing right is among the first few, with what is instead."""
    missed = {}
    for case in json.loads(file.read_text()):
        names = [_facts(name, slug) for _, name, slug in _found(case["query"])[:within]]
        if not any(_fits(facts, case["right"]) for facts in names):
            missed[case["query"]] = names
    return missed


def mean(measured: Sequence[Measured]) -> float:
    return sum(each.ndcg for each in measured) / len(measured)


def ndcg(grades: Sequence[int], ideal: Iterable[int]) -> float:
    """Return the discounted gain of the first ten in relation to that of the best ten.

    Gain 2^grade − 1, discount log2(position + 1): Burges et al., "Learning to Rank using
    Gradient Descent", 2005.
    """
    best = _gain(sorted(ideal, reverse=True))
    return _gain(grades) / best if best else 1.0


_COLUMNS = ("pk", "name", "category__slug")


def _gain(grades: Sequence[int]) -> float:
    gains = [float(2**grade - 1) for grade in grades[:TOP]]
    return sum(gain / log2(position + 2) for position, gain in enumerate(gains))


def _measured(judgement: Mapping[str, Any], everything: Mapping[int, Facts]) -> Measured:
    ideal = (_grade(facts, judgement) for facts in everything.values())
    found = [
        (name, _grade(_facts(name, slug), judgement))
        for _, name, slug in _found(judgement["query"])
    ]
    score = ndcg([grade for _, grade in found], ideal)
    return Measured(query=judgement["query"], ndcg=score, found=found)


def _found(query: str) -> list[tuple[int, str, str]]:
    shelf = browse(Criteria(search=query))
    rows, _ = numbered(shelf.runs, start=0, size=TOP, columns=_COLUMNS)
    return [(row["pk"], row["name"], row["category__slug"]) for row in rows]


def _facts(name: str, category: str | None) -> Facts:
    return f" {name.lower()} category:{category or ''} "


def _grade(facts: Facts, judgement: Mapping[str, Any]) -> int:
    for grade in GRADES:
        if any(_fits(facts, rule) for rule in judgement.get(str(grade), ())):
            return grade
    return 0


def _fits(facts: Facts, rule: str) -> bool:
    return rule in facts or ("|" in rule and all(part in facts for part in rule.split("|")))
