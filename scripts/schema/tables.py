"""The tables of the shop as its models have them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, models

APPS = ("users", "catalog", "cart", "orders", "reviews", "common")
_SHORT = {
    "timestamp with time zone": "time",
    "boolean": "yes/no",
    "varchar": "text",
    "numeric": "decimal",
}


class Column(NamedTuple):
    """A column, and the table whose rows it names if it names any."""

    name: str
    type: str
    is_optional: bool
    refers_to: str | None
    goes_with_it: bool  # deleted together with the row it refers to

    @property
    def is_key(self) -> bool:
        return self.name == "id" or self.type.endswith("key")


class Table(NamedTuple):
    """A table, what a row of it is, and the rules that PostgreSQL keeps for it."""

    app: str
    name: str
    purpose: str
    columns: list[Column]
    rules: list[str]


def tables() -> list[Table]:
    return [
        Table(
            app=label,
            name=model._meta.db_table,  # noqa: SLF001
            purpose=_first_sentence(model),
            columns=list(_columns(model)),
            rules=sorted(rule.name for rule in model._meta.constraints),  # noqa: SLF001
        )
        for label in APPS
        for model in apps.get_app_config(label).get_models()
    ]


def _columns(model: type[models.Model]) -> Iterator[Column]:
    for field in model._meta.local_concrete_fields:  # noqa: SLF001
        target: Any = field.related_model if field.is_relation else None
        reference: Any = field.remote_field
        yield Column(
            name=str(field.column),
            type=_short(str(field.db_type(connection))),
            is_optional=field.null,
            refers_to=target._meta.db_table if target else None,  # noqa: SLF001
            goes_with_it=bool(target) and reference.on_delete is models.CASCADE,
        )


def _short(kind: str) -> str:
    """Return the type as one says it: `text(64)` for `varchar(64)`."""
    for long, short in _SHORT.items():
        kind = kind.replace(long, short)
    return kind


def _first_sentence(model: type[models.Model]) -> str:
    first_paragraph = (model.__doc__ or "").strip().partition("\n\n")[0]
    sentence, _, _ = " ".join(first_paragraph.split()).partition(". ")
    return sentence.rstrip(".") + "."
