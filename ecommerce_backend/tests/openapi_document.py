"""The OpenAPI document in parts, for the tests that look at it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ecommerce_backend.common.openapi.generator import document

PROBLEM = "application/problem+json"


class Operation(NamedTuple):
    path: str
    method: str
    described: Any

    @property
    def place(self) -> str:
        return f"{self.method} {self.path}"

    def codes(self, status: str) -> set[str]:
        answer = resolved(self.described["responses"][status])
        schema = resolved(answer["content"][PROBLEM]["schema"])
        return set(schema["allOf"][1]["properties"]["code"]["enum"])


def resolved(part: Any) -> Any:
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    return document()["components"][kind][name]


def operations() -> list[Operation]:
    return [
        Operation(path, method, operation)
        for path, found in document()["paths"].items()
        for method, operation in found.items()
    ]


def operation(name: str) -> Operation:
    (found,) = [found for found in operations() if found.described["operationId"] == name]
    return found


def parameters(found: Operation) -> list[Any]:
    return [resolved(parameter) for parameter in found.described["parameters"]]


def takes(found: Operation, name: str) -> bool:
    return name in {parameter["name"] for parameter in parameters(found)}


def schemas() -> Iterator[tuple[str, Any]]:
    """Yield every schema of the document that describes a value, by where it is."""
    for name, schema in document()["components"]["schemas"].items():
        yield from inner(name, schema)
    for found in operations():
        for parameter in parameters(found):
            if parameter["in"] == "header":
                continue  # bounded by the server in front, all of them together
            yield from inner(f"{found.place}?{parameter['name']}", parameter["schema"])


def inner(place: str, schema: Any) -> Iterator[tuple[str, Any]]:
    yield place, schema
    for name, member in schema.get("properties", {}).items():
        yield from inner(f"{place}.{name}", member)
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from inner(f"{place}/{word}", schema[word])
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            yield from inner(f"{place}/{word}", part)


def examples() -> Iterator[tuple[str, Any, Any]]:
    for found in operations():
        bodies = [("request", found.described.get("requestBody", {}))]
        answers = found.described["responses"].items()
        for part, body in [*bodies, *((status, resolved(answer)) for status, answer in answers)]:
            for media in body.get("content", {}).values():
                yield f"{found.place} {part}", media["schema"], media.get("examples", {})
