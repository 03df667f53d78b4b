from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from ecommerce_backend.common.errors import Invalid
from ecommerce_backend.common.parsers import StrictJSONParser
from ecommerce_backend.common.renderers import ORJSONRenderer


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (b'{"name": "caf\xc3\xa9", "n": [1, 2.5, null]}', {"name": "café", "n": [1, 2.5, None]}),
        (b"[2.0, -0.0, 1e2, 1e300]", [2, 0, 100, 1e300]),
        (b'[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        (b'"\xf0\x9f\x8e\x81"', "🎁"),
    ],
)
def test_json_is_read(body: bytes, parsed: Any) -> None:
    assert StrictJSONParser().parse(BytesIO(body)) == parsed


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b'{"a": 1,}', "not valid JSON"),
        (b'"line\nbreak"', "not valid JSON"),
        (b"01", "not valid JSON"),
        ("１".encode(), "not valid JSON"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'"\xff"', "not UTF-8: see byte 1"),
        ('"é"'.encode("utf-16"), "not UTF-8"),
        (b"[" * 20 + b"]" * 19, "not valid JSON"),
    ],
)
def test_what_is_not_json_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        StrictJSONParser().parse(BytesIO(body))


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"a": NaN}', "/a", "number_out_of_range"),
        (b'{"a": [0, -Infinity]}', "/a/1", "number_out_of_range"),
        (b"1e400", "", "number_out_of_range"),
        (b"9223372036854775808", "", "number_out_of_range"),
        (b"9" * 5000, "", "number_out_of_range"),
        (b'"\\ud800"', "", "malformed_text"),
        (b'{"a/b": {"~": "\\u0000"}}', "/a~1b/~0", "malformed_text"),
        (b'{"\\u0000": 1}', "", "malformed_text"),
        (b"[" * 17 + b"]" * 17, "/0" * 16, "too_deep"),
        (b"[" * 5000 + b"]" * 5000, "", "too_deep"),
        (b"[" * 500_000, "", "too_deep"),
        (b"[" + b"0," * 1000 + b"0]", "", "too_many"),
        (b'{"price": "9", "price": "1"}', "/price", "repeated_field"),
        (b'{"lines": [{"sku": "A", "sku": "B"}]}', "/lines/0/sku", "repeated_field"),
        (b'{"' + b"x" * 101 + b'": 1}', "", "unknown_field"),
    ],
)
def test_what_readers_of_json_could_disagree_on_is_refused(
    body: bytes, pointer: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        StrictJSONParser().parse(BytesIO(body))

    assert [(fault["pointer"], fault["code"]) for fault in refused.value.faults] == [
        (pointer, code)
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 16 + b"]" * 16,
        b"[" + b"0," * 999 + b"0]",
        b"[9223372036854775807, -9223372036854775808, 1e308]",
        b'"\\ud83c\\udf81"',
    ],
)
def test_what_is_at_the_limit_is_read(body: bytes) -> None:
    assert StrictJSONParser().parse(BytesIO(body))


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
