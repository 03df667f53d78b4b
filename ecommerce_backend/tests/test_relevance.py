"""Search over the demo shop, beside judgements made by reading its products."""

import pytest

from catalog.models import Synonym
from catalog.services.search.judging import mean, measure, misplaced, ndcg
from ecommerce_backend.demo.relevance import FOLDER, fill_shelves_alone


@pytest.fixture
def _shelves(db: None) -> None:
    fill_shelves_alone()


@pytest.mark.usefixtures("_shelves")
def test_search_answers_as_well_as_it_did() -> None:
    measured = measure(FOLDER / "judged.json")

    assert len(measured) == 91
    assert mean(measured) >= 0.95
    assert [each.query for each in measured if each.ndcg < 0.5] == []

    assert misplaced(FOLDER / "holdout.json", within=2) == {}

    Synonym.objects.all().delete()
    assert mean(measure(FOLDER / "judged.json")) < mean(measured)


@pytest.mark.parametrize(
    ("grades", "ideal", "expected"),
    [
        ([3, 2, 1], [1, 2, 3], 1.0),
        ([], [3], 0.0),
        ([0, 3], [3], 1 / 1.5849625007211562),
        ([], [0, 0], 1.0),
        ([3] * 10, [3] * 300, 1.0),
        ([0] * 10 + [3], [3], 0.0),
    ],
)
def test_gain_is_discounted_by_position(
    grades: list[int], ideal: list[int], expected: float
) -> None:
    assert ndcg(grades, ideal) == pytest.approx(expected)
