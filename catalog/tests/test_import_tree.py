"""Categories that an import adds by the hundred."""

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Category
from catalog.services.categories import ensure_path
from catalog.services.imports.tree import KnownTree

pytestmark = pytest.mark.django_db

PATHS = {
    ("Home", "Lamps"),
    ("Home", "Chairs"),
    ("Home", "Lamps", "Desk"),
    ("Office", "Lamps"),
    ("灯",),
}


def test_many_paths_make_the_tree_that_one_by_one_would(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ensure_path(["Home", "Tables"])

    with django_assert_num_queries(9):  # two of them the savepoint, two its mark
        ids = KnownTree().ensure(PATHS)

    assert ids == KnownTree().ids()
    assert set(ids) == PATHS | {("Home",), ("Office",), ("Home", "Tables")}
    assert all(ensure_path(list(names)).pk == pk for names, pk in ids.items())
    assert [list(problem) for problem in Category.objects.find_problems()] == [[], [], [], [], []]


def test_slugs_in_the_tree_are_those_of_the_shop() -> None:
    ensure_path(["Home", "Lamps"])
    one_by_one = ensure_path(["Office", "Lamps"]).slug
    Category.objects.all().delete()

    KnownTree().ensure([("Home", "Lamps"), ("Office", "Lamps")])

    slugs = set(Category.objects.values_list("slug", flat=True))
    assert slugs == {"home", "lamps", "office", one_by_one}


def test_the_tree_is_read_once_until_somebody_else_changes_it(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tree = KnownTree()
    tree.ensure(PATHS)

    with django_assert_num_queries(8):  # one less, which is the tree
        tree.ensure([("Home", "Beds")])
    ensure_path(["Garden", "Chairs"])
    known = tree.ensure([("Garden", "Tables")])

    assert known == KnownTree().ids()
    assert Category.objects.filter(name="Garden").count() == 1


def test_paths_that_are_there_are_left_alone() -> None:
    KnownTree().ensure(PATHS)
    before = list(Category.objects.values())

    KnownTree().ensure(PATHS)

    assert list(Category.objects.values()) == before


def test_a_level_beyond_the_thirty_fifth_gets_a_step_of_two_digits() -> None:
    KnownTree().ensure([("Home", f"Shelf {n}") for n in range(40)])
    last = ensure_path(["Home", "Shelf 40"])

    assert last.path == "00010015"
    home = Category.objects.get(name="Home")
    assert home.numchild == 41
    children = [category.name for category in Category.objects.get_children(home)]
    assert children == [f"Shelf {n}" for n in range(41)]
