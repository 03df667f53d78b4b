"""PostgreSQL's text search in the terms of Django's queries."""

from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, CharField, F, FloatField, Func, Q, Value
from django.db.models.functions import Cast

VECTOR = "search_entry__vector"
NAME_KEY = "search_entry__name_key"
WEIGHTS = "{0.05, 0.3, 0.5, 1.0}"  # of description, category, brand and codes, name


def lexemes(text: str) -> Cast:
    """Return a tsquery out of its own writing, as a Question has it."""
    return Cast(Value(text, CharField()), SearchQueryField())


class Matches(Func):
    """Whether a vector meets a tsquery."""

    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()


class Rank(Func):
    """How well a vector meets a tsquery: by which weights it does, and how often."""

    function = "ts_rank"
    output_field = FloatField()

    def __init__(self, text: str, **extra: Any) -> None:
        super().__init__(Value(WEIGHTS), F(VECTOR), lexemes(text), **extra)

    template = "%(function)s(%(expressions)s)"

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        sql, params = super().as_sql(*args, **kwargs)
        return sql.replace("ts_rank(%s,", "ts_rank(%s::float4[],", 1), params


def containing(text: str) -> Q:
    return Q(Matches(F(VECTOR), lexemes(text)))
