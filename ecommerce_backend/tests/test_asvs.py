"""docs/asvs.csv says what of OWASP ASVS 5.0.0 is met, and by which tests."""

import ast
import csv
import re
from collections import Counter
from functools import cache

import pytest

from ecommerce_backend.tests.refusals import ROOT

with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
STATUSES = {"met", "accepted", "planned", "not applicable"}
# How many requirements of level 1 and level 2 each chapter of the standard has.
CHAPTERS = dict(
    enumerate(
        [
            *((8, 19), (4, 7), (8, 11), (2, 8), (4, 5), (13, 22), (6, 12), (4, 3), (4, 3)),
            *((5, 24), (3, 11), (3, 6), (1, 12), (2, 7), (3, 10), (0, 16), (0, 7)),
        ],
        start=1,
    )
)


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    functions = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return {name for name in functions if name.startswith("test_")}


def exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return (ROOT / path).is_file() and name in names_in(path)


def test_each_requirement_of_levels_one_and_two_stands_there_once() -> None:
    requirements = [row["requirement"] for row in ROWS]
    counted = Counter((row["requirement"].split(".")[0], row["level"]) for row in ROWS)

    assert len(requirements) == len(set(requirements))
    assert {
        chapter: (counted[f"V{chapter}", "1"], counted[f"V{chapter}", "2"]) for chapter in CHAPTERS
    } == CHAPTERS
    assert sum(row["level"] == "3" for row in ROWS) >= 15


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["requirement"])
def test_a_row_says_how_it_stands_and_proves_it(row: dict[str, str]) -> None:
    evidence = row["evidence"].split()

    assert re.fullmatch(r"V\d+\.\d+\.\d+", row["requirement"])
    assert row["chapter"].startswith(f"{row['requirement'].split('.')[0]} ")
    assert row["level"] in {"1", "2", "3"}
    assert row["status"] in STATUSES
    assert 8 <= len(row["summary"]) <= 90
    assert [test for test in evidence if not exists(test)] == []
    assert len(evidence) == len(set(evidence))
    if row["status"] == "met":
        assert evidence
    if row["status"] in {"planned", "not applicable"}:
        assert not evidence
    if row["status"] in {"accepted", "not applicable"}:
        assert row["note"]


def test_a_test_that_is_not_there_would_be_missed() -> None:
    here = "ecommerce_backend/tests/test_asvs.py"

    assert exists(f"{here}::test_a_test_that_is_not_there_would_be_missed")
    assert not exists(f"{here}::test_of_nothing")
    assert not exists("ecommerce_backend/tests/test_nowhere.py::test_of_nothing")
