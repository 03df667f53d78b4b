from threading import Barrier

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Category
from catalog.services import categories
from catalog.services.categories import MAX_DEPTH, CategoryTooDeep, add_category, ensure_path
from users.tests.races import race


@pytest.mark.django_db
def test_a_category_stands_below_its_parent() -> None:
    lighting = add_category(name="Lighting")
    lamps = add_category(name="Lamps", parent=lighting)

    assert (lamps.slug, lamps.depth) == ("lamps", 2)
    assert lamps.path.startswith(lighting.path)
    assert Category.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_equal_names_on_other_shelves_have_slugs_of_their_own() -> None:
    first = ensure_path(["Lighting", "Accessories"])
    second = ensure_path(["Phones", "Accessories"])

    assert (first.slug, second.slug) == ("accessories", "accessories-phones")


@pytest.mark.django_db
def test_names_without_latin_letters_and_names_that_look_alike_get_slugs_too() -> None:
    paths = [["茶"], ["茶", "抹茶"], ["茶", "煎茶"], ["Tea"], ["TEA"], ["tea"], ["téa"]]

    slugs = {ensure_path(path).slug for path in paths}

    assert len(slugs) == len(paths)
    assert "" not in slugs


@pytest.mark.django_db
def test_a_path_is_found_or_made(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = ensure_path(["Lighting", "Lamps", "Clamp lamps"])
    with django_assert_num_queries(3):  # savepoint, the path, release
        found = ensure_path(["Lighting", "Lamps", "Clamp lamps"])
    branch = ensure_path(["Lighting", "Lamps", "lamps"])

    assert found == made
    assert branch.depth == 3
    assert Category.objects.count() == 4
    assert Category.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_a_name_may_occur_twice_on_the_way() -> None:
    inner = ensure_path(["Lamps", "Lamps"])

    assert ensure_path(["Lamps", "Lamps"]) == inner
    assert ensure_path(["Lamps"]).depth == 1
    assert Category.objects.count() == 2


@pytest.mark.django_db
def test_the_tree_has_an_end() -> None:
    with pytest.raises(CategoryTooDeep):
        ensure_path([f"Level {number}" for number in range(MAX_DEPTH + 1)])

    assert not Category.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_hands_make_one_tree() -> None:
    names = [["Lighting", "Lamps"], ["Lighting", "Candles"], ["Furniture"], ["Lighting", "Lamps"]]

    outcomes = race(8, lambda number: ensure_path(names[number % 4]))

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert Category.objects.count() == 4
    assert Category.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_shelf_would_be_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_looked = Barrier(2, timeout=10)
    monkeypatch.setattr(categories, "lock_tree", everybody_has_looked.wait)

    outcomes = race(2, lambda _: ensure_path(["Lighting"]))

    assert [type(outcome).__name__ for outcome in outcomes].count("IntegrityError") == 1
