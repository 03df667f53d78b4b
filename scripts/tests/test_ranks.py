import random

import pytest

from scripts.tests.enumeration.ranks import compare, mann_whitney


def test_the_rank_test_gives_what_the_books_give() -> None:
    # The example in the documentation of scipy.stats.mannwhitneyu, by its normal approximation.
    p = mann_whitney([19, 22, 16, 29, 24], [20, 11, 17, 12])

    assert p == pytest.approx(0.11134688653314041)


def test_it_does_not_matter_which_lot_comes_first() -> None:
    assert mann_whitney([1, 2, 2, 3], [2, 4, 5]) == pytest.approx(
        mann_whitney([2, 4, 5], [1, 2, 2, 3])
    )


def test_equal_lots_are_not_told_apart() -> None:
    assert mann_whitney([5.0] * 30, [5.0] * 30) == 1
    assert mann_whitney(range(100), range(100)) == 1


def test_a_shift_of_half_the_spread_is_found_in_three_hundred_of_each() -> None:
    dice = random.Random(7)
    times = [dice.gauss(50, 10) for _ in range(300)]
    slower = [dice.gauss(55, 10) for _ in range(300)]

    verdict = compare(times, slower)

    assert verdict.p < 0.0001
    assert verdict.difference == pytest.approx(-5, abs=1.5)
