from threading import Event

import pytest
from treebeard.exceptions import InvalidMoveToDescendant

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


def test_without_the_lock_the_place_is_stale_by_the_time_it_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = CategoryFactory.create(slug="one"), CategoryFactory.create(slug="two")
    has_read, has_moved = Event(), Event()
    find = categories._destination  # noqa: SLF001

    def read_and_linger(
        moving: Category, parent: Category | None, before: Category | None
    ) -> tuple[Category | None, str]:
        found = find(moving, parent, before)
        if moving.pk == one.pk:
            has_read.set()
            assert has_moved.wait(10)
        return found

    def act(number: int) -> None:
        if number:
            assert has_read.wait(10)
        swap(1 - number, one, two)
        has_moved.set()

    monkeypatch.setattr(categories, "lock_tree", lambda: None)
    monkeypatch.setattr(categories, "_destination", read_and_linger)

    outcomes = race(2, act)

    assert [type(outcome) for outcome in outcomes] == [InvalidMoveToDescendant, type(None)]


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
