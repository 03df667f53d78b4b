from typing import Any

from django.core.exceptions import ValidationError as MalformedValue
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
MAX_PAGE = 10_000


def _positive(request: Request, name: str, *, default: int, most: int) -> int:
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdecimal() and len(raw) < 10 and 1 <= int(raw) <= most):  # noqa: PLR2004
        raise ValidationError({name: f"Use a whole number from 1 to {most}."})
    return int(raw)


class PagePagination(PageNumberPagination):
    """Numbered pages with a count, for people who browse a catalogue."""

    page_size = DEFAULT_PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE

    def get_page_size(self, request: Request) -> int:
        return _positive(request, "page_size", default=self.page_size, most=MAX_PAGE_SIZE)

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        _positive(request, "page", default=1, most=MAX_PAGE)
        return super().paginate_queryset(queryset, request, view)


class NewestFirst(CursorPagination):
    """Pages that stay right while rows are added: orders, reviews, events."""

    page_size = DEFAULT_PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering = ("-created_at", "-pk")

    def get_page_size(self, request: Request) -> int:
        return _positive(request, "page_size", default=DEFAULT_PAGE_SIZE, most=MAX_PAGE_SIZE)

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, MalformedValue, ValueError) as error:
            # A cursor is unsigned text, so that the value in it may be anything.
            raise ValidationError({"cursor": "Use a cursor out of a page's links."}) from error

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and not any(cursor):
            raise NotFound  # it says nothing, so it was no cursor of ours
        return cursor
