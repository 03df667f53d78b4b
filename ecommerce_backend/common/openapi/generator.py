from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator


class OnceGenerator(SchemaGenerator):
    """The document follows from the code alone, so that a process makes it once and keeps it."""

    def get_schema(self, request: Any = None, public: Any = None) -> Any:  # noqa: ARG002
        return document()


@cache
def document() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
