"""Search over the demo shop, beside judgements made by reading its products."""

from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.utils import timezone

from catalog.models import Synonym
from catalog.services.search.judging import mean, measure, misplaced, ndcg
from catalog.services.search.upkeep import count_words
from ecommerce_backend.demo import shelves
from ecommerce_backend.demo.assortment import assortment
from ecommerce_backend.demo.seeding import SEED
from ecommerce_backend.demo.setting import Setting, quiet

FOLDER = Path(settings.BASE_DIR) / "ecommerce_backend/demo/content/relevance"


@pytest.fixture
def _shelves(db: None) -> None:
    """What the demo shop sells, without its customers and pictures."""
    random = Random(SEED)
    articles = assortment(random)
    setting = Setting(random=random, now=timezone.now(), scale=1, progress=quiet)
    shelves.fill_shelves(articles, setting)
    shelves.agree_on_synonyms()
    count_words()


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
