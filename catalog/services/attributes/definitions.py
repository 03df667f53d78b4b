"""The attributes that the shop knows, as who writes or filters values needs them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch

from catalog.models import Attribute, AttributeCategory


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """An attribute with its choices, and the categories that it is for: none means all."""

    pk: int
    code: str
    name: str
    type: str
    unit: str
    choices: Mapping[str, int]  # ids by code, in their order
    labels: Mapping[str, str]  # codes by label in small letters
    shelves: Mapping[int, str]  # paths of the categories, by id

    def holds_on(self, path: str | None) -> bool:
        """Tell whether it is for products of the category with a path, or of none."""
        return not self.shelves or (
            path is not None and any(path.startswith(above) for above in self.shelves.values())
        )


class Definitions:
    """All attributes, by their codes and by their names without regard to case."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self.by_id = {definition.pk: definition for definition in definitions}
        self._by_code = {each.code: each for each in self.by_id.values()}
        self._by_name = {each.name.casefold(): each for each in self.by_id.values()}

    def coded(self, code: str) -> Definition | None:
        return self._by_code.get(code)

    def named(self, name: str) -> Definition | None:
        """Return what is meant by a code, else by a name."""
        return self._by_code.get(name) or self._by_name.get(name.strip().casefold())


def load() -> Definitions:
    """Return all attributes in their order; three queries, one while there are none."""
    ties = AttributeCategory.objects.select_related("category").order_by("category__path")
    rows = Attribute.objects.order_by("position", "code").prefetch_related(
        "choices", Prefetch("ties", ties)
    )
    return Definitions(_definition(attribute) for attribute in rows)


def _definition(attribute: Attribute) -> Definition:
    choices = sorted(attribute.choices.all(), key=lambda choice: (choice.position, choice.pk))
    return Definition(
        pk=attribute.pk,
        code=attribute.code,
        name=attribute.name,
        type=attribute.type,
        unit=attribute.unit,
        choices={choice.code: choice.pk for choice in choices},
        labels={choice.label.casefold(): choice.code for choice in choices},
        shelves={tie.category_id: tie.category.path for tie in attribute.ties.all()},
    )
