"""Growing the tree of categories.

A node's path is worked out from its neighbours' and stored, so that two writers at once would
give one path to two nodes. Whoever changes the tree takes `lock_tree` first, before any row.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Max

from catalog.models import Category
from catalog.services.slugs import slug_choices, slug_for
from ecommerce_backend.common.errors import DomainError, Invalid
from ecommerce_backend.common.transactions import unit_of_work

MAX_DEPTH = 32
_TREE_LOCK = 0x6361_7465_676F_7279  # "category", a number nobody else would think of


class CategoryTooDeep(DomainError):
    code = "category_too_deep"
    message = f"Categories can be nested {MAX_DEPTH} deep at most."
    http_status = 400


class CategoryInsideItself(DomainError):
    code = "category_inside_itself"
    message = "A category cannot stand inside itself, nor beside one that does."
    advice = "Choose a place outside the branch that is to be moved."


@unit_of_work
def add_category(
    *, name: str, parent: Category | None = None, slug: str | None = None, description: str = ""
) -> Category:
    """Add a category as the last one below its parent, or as the last root.

    Raises CategoryTooDeep.
    """
    lock_tree()
    if parent is not None:
        parent = Category.objects.get(pk=parent.pk)  # its path may have moved meanwhile
    return _add(name, parent, slug=slug, description=description)


@unit_of_work
def move_category(
    *, category: Category, parent: Category | None, before: Category | None = None
) -> Category:
    """Move a category with all that is below it; without `before`, to the end of its new shelf.

    The products in it know it by its id and are not touched.
    Raises CategoryInsideItself, CategoryTooDeep and, for a `before` that is elsewhere, Invalid.
    """
    lock_tree()
    moving: Category = Category.objects.get(pk=category.pk)
    target, place = _destination(moving, parent, before)
    if target is None:
        return moving
    depth = target.depth + (1 if place == "last-child" else 0)
    if target.path.startswith(moving.path) and (target.pk != moving.pk or place == "last-child"):
        raise CategoryInsideItself
    lowest = Category.objects.filter(path__startswith=moving.path).aggregate(Max("depth"))
    if depth + lowest["depth__max"] - moving.depth > MAX_DEPTH:
        raise CategoryTooDeep
    if target.pk != moving.pk:
        Category.objects.move(moving, target, pos=place)
    moved: Category = Category.objects.get(pk=category.pk)
    return moved


def _destination(
    moving: Category, parent: Category | None, before: Category | None
) -> tuple[Category | None, str]:
    """Return beside or below which category it goes, as it is under the lock, and how."""
    above = Category.objects.get(pk=parent.pk) if parent else None
    if before is not None:
        sibling = Category.objects.get(pk=before.pk)
        if _parent_path(sibling) != (above.path if above else ""):
            raise Invalid(
                faults=[
                    {
                        "pointer": "/before",
                        "code": "not_below_parent",
                        "detail": "It does not stand right below `parent`.",
                    }
                ]
            )
        return sibling, "left"
    if above is not None:
        return above, "last-child"
    last = Category.objects.filter(depth=1).exclude(pk=moving.pk).order_by("path").last()
    return last, "right"


def parent_of(category: Category) -> Category | None:
    """Return the category right above; None above a root."""
    above: Category | None = Category.objects.filter(path=_parent_path(category)).first()
    return above


@unit_of_work
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


def _add(
    name: str, parent: Category | None, *, slug: str | None = None, description: str = ""
) -> Category:
    if parent is not None and parent.depth >= MAX_DEPTH:
        raise CategoryTooDeep
    category = Category(name=name, slug=slug or _free_slug(name, parent), description=description)
    if parent is None:
        return Category.objects.add_root(instance=category)  # type: ignore[no-any-return]
    return Category.objects.add_child(parent, instance=category)  # type: ignore[no-any-return]


def _free_slug(name: str, parent: Category | None) -> str:
    fallback = parent.slug if parent else ""
    choices = slug_choices(name, fallback=fallback)
    taken = set(Category.objects.filter(slug__in=choices).values_list("slug", flat=True))
    return slug_for(name, fallback=fallback, taken=taken)


def _parent_path(category: Category) -> str:
    return str(category.path[: -Category.steplen])
