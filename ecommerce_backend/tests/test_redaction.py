import io
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
import structlog

from ecommerce_backend import log_lines, redaction
from ecommerce_backend.logging import logging_config
from ecommerce_backend.tests.leaks import HARMLESS, LEAKS


def formatter(*, is_guarded: bool = True) -> logging.Formatter:
    """Return what makes the lines of the log; unguarded, without what this module tests."""
    shared = logging_config(level="INFO")["formatters"]["json"]
    if is_guarded:
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared["foreign_pre_chain"], processors=shared["processors"]
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.ExtraAdder(),
            structlog.processors.format_exc_info,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
        ],
    )


def line_of(fields: Mapping[str, Any], *, is_guarded: bool = True) -> str:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter(is_guarded=is_guarded))
    extra = {name: value for name, value in fields.items() if name != "exc_info"}
    record = logging.makeLogRecord(
        {"msg": "happened", "levelname": "INFO", "name": "probe"} | extra
    )
    if error := fields.get("exc_info"):
        record.exc_info = (type(error), error, error.__traceback__)
    handler.handle(record)
    return written.getvalue()


def test_the_corpus_is_what_it_says() -> None:
    assert len(LEAKS) >= 60
    assert len({leak.what for leak in LEAKS}) == len(LEAKS)


def test_no_secret_reaches_the_log() -> None:
    lines = {leak.what: line_of(leak.fields) for leak in LEAKS}

    assert [leak.what for leak in LEAKS if leak.secret in lines[leak.what]] == []
    assert {orjson.loads(line)["event"] for line in lines.values()} == {"happened"}
    assert {line.count("\n") for line in lines.values()} == {1}
    assert max(len(line.encode()) for line in lines.values()) <= 4096


def test_without_the_guard_every_secret_reaches_it() -> None:
    kept = [
        leak.what
        for leak in LEAKS
        if leak.secret not in line_of(leak.fields, is_guarded=False).replace("\\", "")
    ]

    assert kept == []


def test_what_is_no_secret_stays() -> None:
    assert [json.loads(line_of({"detail": text}))["detail"] for text in HARMLESS] == HARMLESS


def test_a_setting_that_is_secret_is_blanked_wherever_it_shows_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redaction, "_hidden", set())
    monkeypatch.setattr(redaction, "_exact", None)
    key = "plain words that look like nothing"
    assert redaction.scrub(f"so {key} it is") == f"so {key} it is"

    redaction.hide(key)
    redaction.hide("short")

    assert redaction.scrub(f"so {key} it is, in short") == "so [redacted] it is, in short"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


def cyclic() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(Broken(), id="broken repr"),
        pytest.param(cyclic(), id="cycle"),
        pytest.param(float("nan"), id="nan"),
        pytest.param(float("-inf"), id="infinity"),
        pytest.param(-(10**5000), id="great number"),
        pytest.param({1: 2, None: 3, (4, 5): 6}, id="keys that are no text"),
        pytest.param({"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}, id="deep"),
        pytest.param(list(range(10_000)), id="many items"),
        pytest.param({str(number): "x" * 500 for number in range(200)}, id="many texts"),
        pytest.param("é" * 10_000, id="two bytes each"),
        pytest.param("\x00\x1f\x7f" * 3_000, id="six bytes each"),
        pytest.param('"\\' * 5_000, id="to be escaped"),
        pytest.param(object(), id="object"),
    ],
)
def test_every_value_becomes_one_line_of_json_that_a_pipe_takes_in_one_piece(value: Any) -> None:
    line = line_of({"odd": value, "request_id": "0123456789"})

    assert orjson.loads(line)["request_id"] == "0123456789"
    assert line.count("\n") == 1
    assert len(line.encode()) <= 4096


def test_of_a_long_traceback_the_end_is_kept() -> None:
    event = {"event": "bug", "exception": "Traceback\n" + "frame\n" * 5_000 + "ValueError: why"}

    line = orjson.loads(log_lines.render(None, "error", event))

    assert line["exception"].startswith("Traceback\nframe\n")
    assert line["exception"].endswith("frame\nValueError: why")


def test_what_is_cut_is_cut_no_more_than_needed() -> None:
    event = {"event": "x" * 10_000, "small": "y" * 50}

    line = log_lines.render(None, "info", event)

    assert 4000 < len(line.encode()) <= 4095
    assert orjson.loads(line)["small"] == "y" * 50


@pytest.mark.parametrize(
    "text",
    [
        *("a" * 16_000, "password" * 2_000, "password=" * 1_800, "4111 " * 3_200, "://" * 5_000),
        *("reset/" * 2_700, '\\"' * 8_000, "eyJ" * 5_000, "cookie: " * 2_000, "basic " * 2_600),
        *("-----BEGIN PRIVATE KEY-----" * 600, "http://" + ":" * 16_000, "token" + " " * 16_000),
    ],
    ids=lambda text: text[:12],
)
def test_no_text_makes_the_guard_think_for_long(text: str) -> None:
    started = time.process_time()
    redaction.scrub(text)

    assert time.process_time() - started < 0.25


def test_of_a_traceback_that_is_too_long_to_look_at_the_end_is_kept() -> None:
    frame = '\n  File "/srv/shop/orders.py", line 7, in place\n    return lock(order)'
    text = f"Traceback (most recent call last):{frame * 400}\nInsufficientStock: none is left"

    kept = redaction.scrub(text)

    assert len(kept) <= redaction.LONGEST_TEXT + 40
    assert kept.endswith("return lock(order)\nInsufficientStock: none is left")
    assert f"… [{len(text)} characters]\n  File" in kept


def test_no_half_of_a_secret_stands_where_a_traceback_was_cut() -> None:
    frame = '\n  File "/srv/shop/orders.py", line 7, in place\n    return lock(order)'
    secret = "Bearer " + "kQ7xZ2" * 2000
    text = f"Traceback (most recent call last):{frame * 200} {secret}{frame}\nError: no"

    assert "kQ7xZ2" not in redaction.scrub(text)
