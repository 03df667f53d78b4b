"""How a list of products is cut into pages."""

import base64
import binascii
import json
from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from catalog.services.storefront.listing import Shelf
from catalog.services.storefront.pages import Count, Place, behind, counted, numbered
from ecommerce_backend.common.pagination import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE,
    MAX_PAGE_SIZE,
    PAGE_SIZE,
    at_our_address,
    number_parameter,
    page_schema,
    positive,
)

MAX_CURSOR = 2048  # characters; a name in it has up to 255 of any alphabet
_NO_CURSOR = ValidationError({"cursor": "Use a cursor out of a page's links, or an empty one."})


class ShelfPages(BasePagination):
    """Numbered pages for people; with `cursor`, pages that stay right while rows are added."""

    def get_schema_operation_parameters(self, _view: APIView) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "in": "query",
            "description": "Empty to begin a walk through all products, then out of a page's"
            " `next`. Not with `page`, nor with `ordering=relevance`.",
            "schema": {"type": "string", "maxLength": MAX_CURSOR},
        }
        page = number_parameter("page", "Which page.", default=1, most=MAX_PAGE)
        return [page, PAGE_SIZE, cursor]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1, "example": 1}
        estimate = {
            "type": "boolean",
            "example": False,
            "description": "Whether `count` is the database's guess, as above ten thousand.",
        }
        corrected = {
            "type": ["string", "null"],
            "example": None,
            "description": "What was looked for where `search` found nothing as it was spelt.",
        }
        return page_schema(
            schema, count=count, count_is_estimate=estimate, corrected_search=corrected
        )

    def page_of(self, shelf: Shelf, request: Request) -> list[Any]:
        """Return the rows of the page that was asked for.

        Raises ValidationError, and NotFound for a page behind the last.
        """
        size = positive(request, "page_size", default=DEFAULT_PAGE_SIZE, most=MAX_PAGE_SIZE)
        self._corrected = shelf.finding.corrected if shelf.finding else None
        self._url = request.build_absolute_uri()
        cursor = request.query_params.get("cursor")
        if cursor is None:
            return self._numbered(shelf, request, size)
        if "page" in request.query_params:
            raise ValidationError({"cursor": "Give a page or a cursor, not both."})
        if not all(run.keys for run in shelf.runs):
            raise ValidationError({"ordering": "Relevance is no order to walk in; choose another."})
        return self._behind(shelf, cursor, size)

    def _numbered(self, shelf: Shelf, request: Request, size: int) -> list[Any]:
        page = positive(request, "page", default=1, most=MAX_PAGE)
        start = (page - 1) * size
        rows, has_more = numbered(shelf.runs, start=start, size=size, columns=shelf.columns)
        if page > 1 and not rows:
            raise NotFound("There is no such page.")
        # On the last page it is known how many there are.
        total = Count(number=start + len(rows), is_estimate=False)
        self._count = counted(shelf.products) if has_more else total
        self._next = replace_query_param(self._url, "page", page + 1) if has_more else None
        before = replace_query_param(self._url, "page", page - 1)
        before = before if page > 2 else remove_query_param(self._url, "page")  # noqa: PLR2004
        self._previous = before if page > 1 else None
        return rows

    def _behind(self, shelf: Shelf, cursor: str, size: int) -> list[Any]:
        try:
            place, count = _decoded(cursor, shelf.ordering) if cursor else (None, None)
            rows, last = behind(shelf.runs, place, size=size, columns=shelf.columns)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise _NO_CURSOR from error
        # Counted once a walk: how many there were when it began.
        self._count = count or counted(shelf.products)
        token = None if last is None else _encoded(shelf.ordering, last, self._count)
        self._next = None if token is None else replace_query_param(self._url, "cursor", token)
        self._previous = None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "count": self._count.number,
                "count_is_estimate": self._count.is_estimate,
                "corrected_search": self._corrected,
                "next": at_our_address(self._next),
                "previous": at_our_address(self._previous),
                "results": data,
            }
        )


def _encoded(ordering: str, place: Place, count: Count) -> str:
    content = [ordering, place.run, place.keys, count.number, count.is_estimate]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _decoded(cursor: str, ordering: str) -> tuple[Place, Count]:
    """Raise LookupError, TypeError or ValueError for what is no cursor of this order."""
    if len(cursor) > MAX_CURSOR:
        raise ValueError(cursor)
    try:
        text = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(cursor) from error
    of_ordering, run, keys, number, is_estimate = json.loads(text)
    is_ours = (
        of_ordering == ordering
        and type(run) is int
        and run >= 0
        and type(number) is int
        and 0 <= number < 2**31
        and type(is_estimate) is bool
        and all(type(key) is str for key in keys)
    )
    if not is_ours:
        raise ValueError(cursor)
    return Place(run=run, keys=keys), Count(number=number, is_estimate=is_estimate)
