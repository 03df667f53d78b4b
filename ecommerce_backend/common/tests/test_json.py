from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from ecommerce_backend.common.parsers import ORJSONParser
from ecommerce_backend.common.renderers import ORJSONRenderer


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (b'{"name": "caf\xc3\xa9", "n": [1, 2.5, null]}', {"name": "café", "n": [1, 2.5, None]}),
        (b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        (b'"\xf0\x9f\x8e\x81"', "🎁"),
    ],
)
def test_json_is_read(body: bytes, parsed: Any) -> None:
    assert ORJSONParser().parse(BytesIO(body)) == parsed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'"\\ud800"',
        b'"\xff"',
        b"[" * 5000 + b"]" * 5000,
        b"[" * 1020 + b"]" * 1020 + b",",
        b'{"price": "9", "price": "1"}',
        b'{"lines": [{"sku": "A", "sku": "B"}]}',
    ],
)
def test_what_readers_of_json_could_disagree_on_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="The body is not valid JSON"):
        ORJSONParser().parse(BytesIO(body))


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (None, b""),
        ({"a": "café"}, '{"a":"café"}'.encode()),
        ({1: "x"}, b'{"1":"x"}'),
        ({"total": Decimal("19.90")}, b'{"total":"19.90"}'),
        (
            {"at": datetime(2026, 11, 22, 14, 29, tzinfo=UTC)},
            b'{"at":"2026-11-22T14:29:00+00:00"}',
        ),
    ],
)
def test_json_is_written(answer: Any, body: bytes) -> None:
    assert ORJSONRenderer().render(answer) == body
