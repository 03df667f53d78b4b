"""Growing the tree of categories by many paths at once.

`categories.ensure_path` takes a dozen queries for each level it adds, and a first import adds
thousands. This works out the same nodes in memory and takes five queries for all of them.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import transaction

from catalog.models import Category
from catalog.services.categories import lock_tree
from catalog.services.slugs import slug_for

Names = tuple[str, ...]  # of a category and of those above it, outermost first


def category_ids() -> dict[Names, int]:
    """Return the id of every category by its names."""
    return _Tree().ids()


@transaction.atomic
def ensure_paths(paths: Collection[Names]) -> dict[Names, int]:
    """Return the id of every category by its names, after adding what these paths lack.

    New siblings stand in the order in which the paths name them.
    """
    lock_tree()
    tree = _Tree()
    missing = [names for names in _with_levels_above(paths) if names not in tree.places]
    added = Category.objects.bulk_create([tree.add(names) for names in missing])
    _count_children(added)
    return tree.ids() | {names: category.pk for names, category in zip(missing, added, strict=True)}


class _Place(NamedTuple):
    pk: int
    path: str
    slug: str


class _Tree:
    """All categories as they are stored, and those about to be."""

    def __init__(self) -> None:
        self.places: dict[Names, _Place] = {}
        self._slugs: set[str] = set()
        self._last_children: dict[str, str] = {}  # paths, by the path of the parent
        names_at: dict[str, Names] = {"": ()}
        stored = Category.objects.order_by("path").values_list("path", "name", "slug", "pk")
        for path, name, slug, pk in stored:
            names_at[path] = (*names_at[_parent_path(path)], name)
            self._put(names_at[path], _Place(pk, path, slug))

    def ids(self) -> dict[Names, int]:
        return {names: place.pk for names, place in self.places.items()}

    def add(self, names: Names) -> Category:
        """Return a category to be saved as the last one below its parent, which is in place."""
        parent = self.places[names[:-1]] if len(names) > 1 else _Place(0, path="", slug="")
        path = parent.path + _step_after(self._last_children.get(parent.path))
        slug = slug_for(names[-1], fallback=parent.slug, taken=self._slugs)
        self._put(names, _Place(0, path, slug))
        return Category(path=path, depth=len(names), name=names[-1], slug=slug)

    def _put(self, names: Names, place: _Place) -> None:
        self.places.setdefault(names, place)  # Of two siblings of one name, the first is meant.
        self._slugs.add(place.slug)
        self._last_children[_parent_path(place.path)] = place.path


def _with_levels_above(paths: Iterable[Names]) -> list[Names]:
    """Return the paths and all that they begin with, each once, parents before children."""
    levels = {names[:depth]: None for names in paths for depth in range(1, len(names) + 1)}
    return sorted(levels, key=len)


def _count_children(added: Iterable[Category]) -> None:
    counts = Counter(_parent_path(category.path) for category in added)
    parents = list(Category.objects.filter(path__in=counts))
    for parent in parents:
        parent.numchild += counts[parent.path]
    Category.objects.bulk_update(parents, ["numchild"])


def _parent_path(path: str) -> str:
    return path[: -Category.steplen]


def _step_after(last_child: str | None) -> str:
    digits = Category.numconv_obj()
    last = digits.str2int(last_child[-Category.steplen :]) if last_child else 0
    return str(digits.int2str(last + 1)).rjust(Category.steplen, Category.alphabet[0])
