from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError as MalformedValue
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
MAX_PAGE = 10_000
MAX_CURSOR = 512  # characters; ours have under a hundred


class _AtOurAddress:
    """Links lead to SHOP_BASE_URL, whatever Host the request named."""

    def get_next_link(self) -> str | None:
        return at_our_address(super().get_next_link())  # type: ignore[misc]

    def get_previous_link(self) -> str | None:
        return at_our_address(super().get_previous_link())  # type: ignore[misc]


def at_our_address(link: str | None) -> str | None:
    if link is None:
        return None
    return settings.BASE_URL + urlsplit(link)._replace(scheme="", netloc="").geturl()


def number_parameter(name: str, description: str, *, default: int, most: int) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "integer", "minimum": 1, "maximum": most, "default": default},
    }


PAGE_SIZE = number_parameter(
    "page_size", "How many on a page.", default=DEFAULT_PAGE_SIZE, most=MAX_PAGE_SIZE
)


def page_schema(results: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    """Describe a page; drf-spectacular makes its example of each `example`."""
    link = {"type": ["string", "null"], "format": "uri", "example": None}
    return {
        "type": "object",
        "required": [*more, "next", "previous", "results"],
        "properties": {
            **more,
            "next": {**link, "description": "Address of the next page; null on the last."},
            "previous": {**link, "description": "Address of the page before; null on the first."},
            "results": results,
        },
    }


def positive(request: Request, name: str, *, default: int, most: int) -> int:
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdecimal() and len(raw) < 10 and 1 <= int(raw) <= most):  # noqa: PLR2004
        raise ValidationError({name: f"Use a whole number from 1 to {most}."})
    return int(raw)


class PagePagination(_AtOurAddress, PageNumberPagination):
    """Numbered pages with a count, for people who browse a catalogue."""

    page_size = DEFAULT_PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE

    def get_schema_operation_parameters(self, _view: APIView) -> list[dict[str, Any]]:
        return [
            number_parameter("page", "Which page.", default=1, most=MAX_PAGE),
            PAGE_SIZE,
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "example": 1}
        return page_schema(schema, count=count)

    def get_page_size(self, request: Request) -> int:
        return positive(request, "page_size", default=self.page_size, most=MAX_PAGE_SIZE)

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        positive(request, "page", default=1, most=MAX_PAGE)
        return super().paginate_queryset(queryset, request, view)


class NewestFirst(_AtOurAddress, CursorPagination):
    """Pages that stay right while rows are added: orders, reviews, events."""

    page_size = DEFAULT_PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    ordering = ("-created_at", "-pk")

    def get_schema_operation_parameters(self, _view: APIView) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "in": "query",
            "description": "Out of a page's `next` or `previous`.",
            "schema": {
                "type": "string",
                "maxLength": MAX_CURSOR,
                "pattern": "^[A-Za-z0-9+/=_-]+$",
            },
        }
        return [cursor, PAGE_SIZE]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return page_schema(schema)

    def get_page_size(self, request: Request) -> int:
        return positive(request, "page_size", default=DEFAULT_PAGE_SIZE, most=MAX_PAGE_SIZE)

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
