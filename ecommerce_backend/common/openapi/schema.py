"""How one operation is described."""

from typing import Any

from drf_spectacular.plumbing import ComponentRegistry
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly

from ecommerce_backend.common.idempotency import HEADER, REPLAYED
from ecommerce_backend.common.openapi import components, problems
from ecommerce_backend.common.openapi.components import Schema
from ecommerce_backend.common.openapi.refusals import REFUSALS, Operation
from ecommerce_backend.common.openapi.shapes import ExactShapes

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = (AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly)


class ShopSchema(ExactShapes):
    """Adds to each operation its refusals, the headers of its answers and the request id.

    Operation ids are stated by hand, verb first, in the words of the trade (`place_order`): clients
    call their functions so, and a path may move without renaming them.
    """

    def get_operation(
        self,
        path: str,
        path_regex: str,
        path_prefix: str,
        method: str,
        registry: ComponentRegistry,
    ) -> Schema | None:
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        operation.setdefault("parameters", []).append(components.parameter("RequestId"))
        if not any(operation.get("security", [])):
            operation["security"] = []  # open to all, where [{}] would read as "or signed in"
        if operation["description"].rstrip(".") == operation["summary"]:
            del operation["description"]
        kind = self._kind(operation)
        self._describe_answers(operation, kind)
        operation[REFUSALS] = list(kind.refusals())
        return operation

    def get_summary(self) -> str | None:
        """Take the first line of the docstring where a view states no summary."""
        first_line: str = self.get_description().partition("\n")[0].rstrip(".")
        return first_line or None

    def _get_request_body(self, direction: str = "request") -> Any:
        """Describe the body of a DELETE too, where the view is marked by `with_body`."""
        if self.method != "DELETE" or not getattr(self._handler(), "is_with_body", False):
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        self.method = "POST"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = "DELETE"

    def _kind(self, operation: Schema) -> Operation:
        parameters = {
            (found["in"], found["name"]): found
            for found in operation["parameters"]
            if "name" in found
        }
        security = operation.get("security", [])
        key = parameters.get(("header", HEADER))
        return Operation(
            writes=self.method not in _SAFE,
            has_path_parameters=any(place == "path" for place, _ in parameters),
            has_body="requestBody" in operation,
            has_numbered_pages=("query", "page") in parameters,
            takes_token=any(security) and not getattr(self.view, "ignores_bad_tokens", False),
            needs_token=bool(security) and {} not in security,
            needs_permission=any(
                type(permission) not in _OPEN for permission in self.view.get_permissions()
            ),
            takes_key=key is not None,
            needs_key=bool(key and key.get("required")),
            takes_version=("header", "If-Match") in parameters
            or getattr(self.view, "is_publicly_cached", False),
            refuses=getattr(self._handler(), "refuses", ()),
        )

    def _handler(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)

    def _describe_answers(self, operation: Schema, kind: Operation) -> None:
        is_tagged = getattr(self.view, "is_publicly_cached", False)
        for status, answer in operation["responses"].items():
            answer.setdefault("description", "")
            answer["description"] = answer["description"] or _DESCRIPTIONS[status]
            own = problems.headers(int(status))
            if kind.takes_key:
                own[REPLAYED] = components.header(REPLAYED)
            if is_tagged:
                own["ETag"] = components.header("ETag")
            answer["headers"] = {**answer.get("headers", {}), **own}
        if is_tagged:
            operation["parameters"].append(components.parameter("IfNoneMatch"))
            tagged = {**problems.headers(304), "ETag": components.header("ETag")}
            operation["responses"]["304"] = {
                "description": _DESCRIPTIONS["304"],
                "headers": tagged,
            }


_DESCRIPTIONS = {
    "200": "Done.",
    "201": "Made.",
    "202": "Taken on.",
    "204": "Done; there is nothing to show.",
    "304": "What you have is still right.",
}
