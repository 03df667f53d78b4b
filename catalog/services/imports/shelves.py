"""Brands and categories by name, looked up once in an import."""

from collections.abc import Collection

from catalog.models import Brand
from catalog.services.imports.rows import Row
from catalog.services.imports.tree import KnownTree, Names
from catalog.services.slugs import slug_choices, slug_for

_UNBORN = -1  # what a dry run takes for the id of what an import would add


class Shelves:
    """Where products belong. It only looks when `is_dry_run`, else it adds what is missing."""

    def __init__(self, *, is_dry_run: bool) -> None:
        self._is_dry_run = is_dry_run
        self.forget()

    def forget(self) -> None:
        """Look everything up anew: somebody removed something, or a transaction was undone."""
        self._brands: dict[str, int] = {}
        self._categories: dict[Names, int] | None = None
        self._names: dict[int, Names] = {}
        self._tree = KnownTree()

    def prepare(self, rows: Collection[Row]) -> None:
        """Make sure that what the rows name exists. Comes before any lock on a row."""
        known = self._known_categories()
        # In the order of the file, which is the order of the shelves.
        paths = dict.fromkeys(row.category_path for row in rows if row.category_path)
        if missing_paths := [path for path in paths if path not in known]:
            self._learn_categories(missing_paths)
        names = {row.brand for row in rows if row.brand}
        if missing_names := names - self._brands.keys():
            self._learn_brands(missing_names)

    def brand_id(self, name: str) -> int | None:
        return self._brands[name] if name else None

    def category_id(self, path: Names) -> int | None:
        return self._known_categories()[path] if path else None

    def path_of(self, category_id: int | None) -> Names:
        """Return the names of a category that is stored, outermost first."""
        if category_id not in self._names:
            known = self._known_categories()
            self._names = {pk: names for names, pk in known.items() if pk != _UNBORN}
        return self._names.get(category_id or 0, ())

    def _known_categories(self) -> dict[Names, int]:
        if self._categories is None:
            self._categories = self._tree.ids()
        return self._categories

    def _learn_categories(self, paths: Collection[Names]) -> None:
        if self._is_dry_run:
            self._categories = self._known_categories() | dict.fromkeys(paths, _UNBORN)
        else:
            self._categories = self._tree.ensure(paths)

    def _learn_brands(self, names: set[str]) -> None:
        self._brands |= _brand_ids(names)
        missing = sorted(names - self._brands.keys())
        if self._is_dry_run:
            self._brands |= dict.fromkeys(missing, _UNBORN)
        elif missing:
            _add_brands(missing)
            self._brands |= _brand_ids(missing)


def _brand_ids(names: Collection[str]) -> dict[str, int]:
    return dict(Brand.objects.filter(name__in=names).values_list("name", "pk"))


def _add_brands(names: Collection[str]) -> None:
    choices = [slug for name in names for slug in slug_choices(name, fallback=name)]
    taken = set(Brand.objects.filter(slug__in=choices).values_list("slug", flat=True))
    brands = []
    for name in names:
        slug = slug_for(name, fallback=name, taken=taken)
        taken.add(slug)
        brands.append(Brand(name=name, slug=slug))
    # Somebody else may add the same brand this moment; then theirs is used.
    Brand.objects.bulk_create(brands, ignore_conflicts=True)
