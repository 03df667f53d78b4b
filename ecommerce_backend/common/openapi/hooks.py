"""Last steps over the whole document; hooks of drf-spectacular."""

import re
from typing import Any

from ecommerce_backend.common.openapi import components, problems
from ecommerce_backend.common.openapi.refusals import REFUSALS
from ecommerce_backend.common.pagination import MAX_PAGE_SIZE

_PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}
# A line of an enum's description whose label is not the value again.
_SAYS_MORE = re.compile(r"^\* `(.*)` - (?!\1$)", re.MULTILINE)


def write_refusals(
    result: dict[str, Any],
    generator: object,  # noqa: ARG001
    request: object,  # noqa: ARG001
    public: bool,  # noqa: ARG001, FBT001
) -> dict[str, Any]:
    """Write the refusals of each operation, and what all operations refer to."""
    found = result["components"]
    found["responses"] = {}
    found["headers"] = components.HEADERS
    found["parameters"] = components.PARAMETERS
    refused: dict[str, Any] = {"Problem": components.PROBLEM, "Fault": components.FAULT}
    for path, operations in result["paths"].items():
        for operation in operations.values():
            for answer in problems.answers(
                operation.pop(REFUSALS),
                operation=operation["operationId"],
                path=_example_path(path, operation),
            ):
                refused[answer.name] = answer.schema
                operation["responses"][str(answer.status)] = answer.reference
                if answer.is_shared:
                    found["responses"][answer.name] = answer.response
    found["schemas"] = dict(sorted({**found["schemas"], **refused}.items()))
    return result


def _example_path(path: str, operation: dict[str, Any]) -> str:
    for found in operation["parameters"]:
        if found.get("in") == "path":
            path = path.replace(f"{{{found['name']}}}", str(found["schema"]["examples"][0]))
    return path


def close_objects(
    result: dict[str, Any],
    generator: object,  # noqa: ARG001
    request: object,  # noqa: ARG001
    public: bool,  # noqa: ARG001, FBT001
) -> dict[str, Any]:
    """Say of every object that it has the stated members and no other.

    Problems stay open: RFC 9457 §3.2 lets each code add members.
    """
    for name, schema in result["components"]["schemas"].items():
        if not _is_problem(schema):
            _close(schema)
        if name.startswith("Paginated"):
            schema["properties"]["results"]["maxItems"] = MAX_PAGE_SIZE
        if "enum" in schema and not _SAYS_MORE.search(schema.get("description", "")):
            schema.pop("description", None)
    return result


def _is_problem(schema: dict[str, Any]) -> bool:
    return schema is components.PROBLEM or _PROBLEM_REFERENCE in schema.get("allOf", ())


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        schema.pop("example", None)  # a word of OpenAPI 3.0
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)
