"""Growing the tree of categories by many paths at once.

`categories.ensure_path` takes a dozen queries for each level it adds, and a first import adds
thousands. This works out the same nodes in memory and takes five queries for all of them.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import connection, transaction

from catalog.models import Category
from catalog.services.categories import lock_tree
from catalog.services.slugs import slug_for

Names = tuple[str, ...]  # of a category and of those above it, outermost first


class KnownTree:
    """The tree as it was read last. It is read again only when somebody else has changed it."""

    def __init__(self) -> None:
        self._tree: _Tree | None = None
        self._mark: object = None

    def ids(self) -> dict[Names, int]:
        """Return the id of every category by its names."""
        return self._current().ids

    @transaction.atomic
    def ensure(self, paths: Collection[Names]) -> dict[Names, int]:
        """Return the id of every category by its names, after adding what these paths lack.

        New siblings stand in the order in which the paths name them. When the transaction is
        undone, what is known here no longer holds.
        """
        lock_tree()
        if self._tree is not None and self._mark != _mark():
            self._tree = None
        tree = self._current()
        missing = [names for names in _with_levels_above(paths) if names not in tree.ids]
        added = Category.objects.bulk_create([tree.add(names) for names in missing])
        _count_children(added)
        tree.ids.update(zip(missing, (category.pk for category in added), strict=True))
        self._mark = _mark()
        return tree.ids

    def _current(self) -> "_Tree":
        if self._tree is None:
            # First the mark: who changes the tree in between is then seen the next time.
            self._mark = _mark()
            self._tree = _Tree()
        return self._tree


def _mark() -> object:
    """Return a number that changes with any category. It costs a tenth of reading them all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), bit_xor(hashtextextended(concat_ws(chr(10), path, slug, name), id))"
            " FROM catalog_category"
        )
        return cursor.fetchone()


class _Place(NamedTuple):
    path: str
    slug: str


class _Tree:
    """All categories as they are stored, and those about to be."""

    def __init__(self) -> None:
        self.ids: dict[Names, int] = {}
        self._places: dict[Names, _Place] = {}
        self._slugs: set[str] = set()
        self._last_children: dict[str, str] = {}  # paths, by the path of the parent
        names_at: dict[str, Names] = {"": ()}
        stored = Category.objects.order_by("path").values_list("path", "name", "slug", "pk")
        for path, name, slug, pk in stored:
            names_at[path] = (*names_at[_parent_path(path)], name)
            self.ids.setdefault(names_at[path], pk)
            self._put(names_at[path], _Place(path, slug))

    def add(self, names: Names) -> Category:
        """Return a category to be saved as the last one below its parent, which is in place."""
        parent = self._places[names[:-1]] if len(names) > 1 else _Place(path="", slug="")
        path = parent.path + _step_after(self._last_children.get(parent.path))
        slug = slug_for(names[-1], fallback=parent.slug, taken=self._slugs)
        self._put(names, _Place(path, slug))
        return Category(path=path, depth=len(names), name=names[-1], slug=slug)

    def _put(self, names: Names, place: _Place) -> None:
        self._places.setdefault(names, place)  # Of two siblings of one name, the first is meant.
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
