"""What the rows of a batch say of their products: values of attributes, and other facts."""

from collections.abc import Collection, Sequence
from typing import Self

from catalog.models import Product
from catalog.services.attributes.definitions import Definition, Definitions, load
from catalog.services.attributes.reading import Unfit
from catalog.services.attributes.sorting import Held, Sorted, sort_out
from catalog.services.attributes.values import Values, held_by
from catalog.services.imports.refusals import Flaw, Refusal, excerpt
from catalog.services.imports.rows import Row
from catalog.services.imports.shelves import Shelves
from catalog.services.imports.tree import Names


class Sayings:
    """The attributes of the shop, and what the products of a batch have of them."""

    def __init__(self, definitions: Definitions, held: dict[int, Values], shelves: Shelves) -> None:
        self.definitions = definitions
        self._held = held
        self._shelves = shelves

    @classmethod
    def load(cls, rows: Sequence[Row], product_ids: Collection[int], shelves: Shelves) -> Self:
        """Look them up in four queries at most; one while there are no attributes."""
        says_something = any(row.attributes is not None for row in rows)
        definitions = load() if says_something else Definitions([])
        held: dict[int, Values] = {}
        if definitions.by_id and product_ids:
            held |= held_by(product_ids)
        return cls(definitions, held, shelves)

    def of(self, row: Row, product: Product | None = None) -> Sorted | None:
        """Return what a row says of a product, of a new one without; None: nothing, all stays."""
        if row.attributes is None:
            return None
        shelf = row.category_path
        if shelf is None:
            shelf = self._shelves.path_of(product.category_id if product else None)
        return sort_out(
            row.attributes,
            definitions=self.definitions,
            held=self.held_by(product),
            holds=lambda definition: self._holds_on(definition, shelf),
            is_from_file=True,
        )

    def held_by(self, product: Product | None) -> Held:
        if product is None:
            return Held()
        return Held(facts=product.attributes, values=self._held.get(product.pk, {}))

    def _holds_on(self, definition: Definition, shelf: Names) -> bool:
        ties = [self._shelves.path_of(category_id) for category_id in definition.shelves]
        return not ties or any(tie and shelf[: len(tie)] == tie for tie in ties)


def refusal_of(row: Row, unfit_by_name: dict[str, Unfit]) -> Refusal:
    """Return why a row stays out that says what is no value of an attribute."""
    written = row.attributes or {}
    flaws = [
        Flaw("attributes", excerpt(written[name]), unfit.code, f"“{excerpt(name)}” {unfit.reason}")
        for name, unfit in unfit_by_name.items()
    ]
    return Refusal(row.line, tuple(flaws))
