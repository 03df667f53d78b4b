import json
from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ORJSONParser(JSONParser):
    """Strict JSON (RFC 8259): refuses NaN, lone surrogates, names said twice and deep nesting.

    It is a JSONParser because for those alone REST framework holds bodies to
    DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read()
        try:
            parsed = orjson.loads(body)
            # orjson lets the last of two equal names win; another reader may take the first.
            json.loads(body, object_pairs_hook=_without_repeats)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
        return parsed


def _without_repeats(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name is given twice in one object")
