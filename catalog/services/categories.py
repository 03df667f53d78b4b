"""Growing the tree of categories.

A node's path is worked out from its neighbours' and stored, so that two writers at once would
give one path to two nodes. Whoever changes the tree takes `lock_tree` first, before any row.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from catalog.models import Category
from catalog.services.slugs import slug_choices, slug_for
from ecommerce_backend.common.errors import DomainError

MAX_DEPTH = 32
_TREE_LOCK = 0x6361_7465_676F_7279  # "category", a number nobody else would think of


class CategoryTooDeep(DomainError):
    code = "category_too_deep"
    message = f"Categories can be nested {MAX_DEPTH} deep at most."
    http_status = 400


@transaction.atomic
def add_category(*, name: str, parent: Category | None = None) -> Category:
    """Add a category as the last one below its parent, or as the last root.

    Raises CategoryTooDeep.
    """
    lock_tree()
    return _add(name, parent)


@transaction.atomic
def ensure_path(names: Sequence[str]) -> Category:
    """Return the category at the end of a path of names, adding the levels that are missing.

    Names are compared exactly. `names` is outermost first and not empty.
    Raises CategoryTooDeep.
    """
    found = _walk(names)
    if len(found) < len(names):
        lock_tree()
        found = _walk(names)
    for name in names[len(found) :]:
        found.append(_add(name, found[-1] if found else None))
    return found[-1]


def lock_tree() -> None:
    """Wait until nobody else changes the tree, and keep others from it until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def _walk(names: Sequence[str]) -> list[Category]:
    """Return the categories of a path as far as it exists, in one query."""
    candidates = Category.objects.filter(name__in=names, depth__lte=len(names)).order_by("path")
    by_place: dict[tuple[str, str], Category] = {}
    for category in candidates:
        # Of two siblings of one name, the first is meant.
        by_place.setdefault((_parent_path(category), category.name), category)
    found: list[Category] = []
    for name in names:
        below = found[-1].path if found else ""
        if (below, name) not in by_place:
            break
        found.append(by_place[below, name])
    return found


def _add(name: str, parent: Category | None) -> Category:
    if parent is not None and parent.depth >= MAX_DEPTH:
        raise CategoryTooDeep
    fallback = parent.slug if parent else ""
    choices = slug_choices(name, fallback=fallback)
    taken = set(Category.objects.filter(slug__in=choices).values_list("slug", flat=True))
    category = Category(name=name, slug=slug_for(name, fallback=fallback, taken=taken))
    if parent is None:
        return Category.objects.add_root(instance=category)  # type: ignore[no-any-return]
    return Category.objects.add_child(parent, instance=category)  # type: ignore[no-any-return]


def _parent_path(category: Category) -> str:
    return str(category.path[: -Category.steplen])
