"""The tree of categories as shoppers see it, with how much stands on each shelf."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet

from catalog.models import Category, Product
from catalog.services.storefront.listing import listed

STEP = Category.steplen


def tree() -> list[dict[str, Any]]:
    """Return the roots with their branches inside them, in two queries.

    `product_count` counts what is below a category too.
    """
    categories = list(Category.objects.order_by("path").values("path", "name", "slug"))
    counts = _counts(listed())
    nodes: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for category in categories:
        path = category["path"]
        node = _node(category["name"], category["slug"], counts.get(path, 0))
        node["children"] = []
        nodes[path] = node
        siblings = nodes[path[:-STEP]]["children"] if len(path) > STEP else roots
        siblings.append(node)
    return roots


def page(category: Category) -> dict[str, Any]:
    """Return one category with the way to it and what is right below it, in three queries."""
    counts = _counts(listed().filter(category__path__startswith=category.path))
    children = Category.objects.filter(
        path__startswith=category.path, depth=category.depth + 1
    ).order_by("path")
    return {
        **_node(category.name, category.slug, counts.get(category.path, 0)),
        "description": category.description,
        "breadcrumbs": breadcrumbs(category),
        "children": [
            _node(child.name, child.slug, counts.get(child.path, 0)) for child in children
        ],
    }


def breadcrumbs(category: Category | None) -> list[dict[str, str]]:
    """Return the way from the root to a category, itself included, in one query."""
    if category is None:
        return []
    way = Category.objects.filter(path__in=_prefixes(category.path)).order_by("path")
    return [{"name": step.name, "slug": step.slug} for step in way]


def _node(name: str, slug: str, product_count: int) -> dict[str, Any]:
    return {"name": name, "slug": slug, "product_count": product_count}


def _counts(products: QuerySet[Product]) -> dict[str, int]:
    """Count products by the path of each category they stand in or below, in one query."""
    counted: Iterable[tuple[str, int]] = (
        products.filter(category__isnull=False)
        .order_by()
        .values_list("category__path")
        .annotate(Count("pk"))
    )
    counts: dict[str, int] = {}
    for path, count in counted:
        for prefix in _prefixes(path):
            counts[prefix] = counts.get(prefix, 0) + count
    return counts


def _prefixes(path: str) -> list[str]:
    return [path[:end] for end in range(STEP, len(path) + 1, STEP)]
