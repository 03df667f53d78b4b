from threading import Barrier, BrokenBarrierError

import pytest

from catalog.models import Category
from catalog.services import categories
from catalog.services.categories import CategoryInsideItself, add_category, move_category
from catalog.tests.factories import CategoryFactory
from users.tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
NO_PROBLEMS: tuple[list[int], ...] = ([], [], [], [], [])


def swap(number: int, one: Category, two: Category) -> None:
    """Put each below the other; only one of them can be."""
    moving, parent = (one, two) if number else (two, one)
    move_category(category=moving, parent=parent)


def test_two_branches_never_end_up_inside_each_other() -> None:
    one, two = CategoryFactory.create(slug="one"), CategoryFactory.create(slug="two")

    outcomes = race(2, lambda number: swap(number, one, two))

    refusals = [type(outcome) for outcome in outcomes if outcome is not None]
    assert refusals == [CategoryInsideItself]
    assert Category.objects.find_problems() == NO_PROBLEMS
    assert sorted(Category.objects.values_list("depth", flat=True)) == [1, 2]


def test_without_the_lock_the_tree_would_break(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = CategoryFactory.create(slug="one"), CategoryFactory.create(slug="two")
    both_have_read = Barrier(2, timeout=5)
    find = categories._destination  # noqa: SLF001

    def read_together(*arguments: Category | None) -> tuple[Category | None, str]:
        found = find(*arguments)  # type: ignore[arg-type]
        both_have_read.wait()
        return found

    monkeypatch.setattr(categories, "lock_tree", lambda: None)
    monkeypatch.setattr(categories, "_destination", read_together)
    outcomes = race(2, lambda number: swap(number, one, two))

    assert not [error for error in outcomes if isinstance(error, BrokenBarrierError)]
    assert CategoryInsideItself not in {type(outcome) for outcome in outcomes}
    assert (
        Category.objects.find_problems() != NO_PROBLEMS
        or sorted(Category.objects.values_list("depth", flat=True)) != [1, 2]
        or any(outcomes)
    )


def test_moves_and_additions_at_once_leave_the_tree_whole() -> None:
    shelves = [CategoryFactory.create(slug=f"shelf-{number}") for number in range(3)]
    branch = CategoryFactory.create(slug="branch", parent=shelves[0])

    def act(number: int) -> None:
        if number % 2:
            move_category(category=branch, parent=shelves[number % 3])
        else:
            add_category(name=f"Leaf {number}", parent=branch)

    outcomes = race(8, act)

    assert outcomes == [None] * 8
    assert Category.objects.find_problems() == NO_PROBLEMS
    assert Category.objects.get(slug="branch").numchild == 4
