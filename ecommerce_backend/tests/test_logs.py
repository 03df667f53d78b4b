import json
import logging
from io import StringIO
from typing import Any

import pytest
import structlog
from django.test import Client

from ecommerce_backend.logging import redact
from users.models import User
from users.services import sessions

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What the process writes; its handler took hold of standard output at start-up."""
    written = StringIO()
    (handler,) = (h for h in logging.getLogger().handlers if h.get_name() == "lines")
    monkeypatch.setattr(handler, "stream", written)
    return written


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize(
    "offered", ["abcdefgh", "A1._-" + "x" * 59, "6f1d3c5e-8f0a-4f43-9b64-3b1c0c9be1f2"]
)
def test_a_well_formed_request_id_is_kept(program: Client, log: StringIO, offered: str) -> None:
    response = program.get("/nowhere/", headers={"X-Request-ID": offered})

    assert response["X-Request-ID"] == offered
    assert response.json()["request_id"] == offered
    assert {line["request_id"] for line in lines(log)} == {offered}


@pytest.mark.parametrize(
    "offered", ["", "short", "x" * 65, "has space in it", "ünïcödé-id", "evil\nlevel=error"]
)
def test_any_other_request_id_is_replaced(program: Client, offered: str) -> None:
    given = program.get("/health/live/", headers={"X-Request-ID": offered})["X-Request-ID"]

    assert given != offered
    assert len(given) == 32
    assert int(given, 16)


def test_each_request_has_an_id_of_its_own(program: Client) -> None:
    first, second = program.get("/health/live/"), program.get("/health/live/")

    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_log_says_how_each_request_ended(program: Client, log: StringIO) -> None:
    program.get("/api/v1/api/sold-out/?token=abc", headers={"X-Request-ID": "0123456789"})

    line = next(line for line in lines(log) if line["event"] == "answered")
    assert line.pop("ms") > 0
    assert line.pop("database_ms") == line.pop("queries") == 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "answered",
        "level": "info",
        "logger": "request",
        "method": "GET",
        "path": "/api/v1/api/sold-out/",
        "client": "127.0.0.1",
        "route": "api/v1/api/<name>/",
        "status": 409,
        "request_id": "0123456789",
    }


@pytest.mark.urls("ecommerce_backend.urls")
def test_the_log_says_who_was_signed_in(program: Client, log: StringIO) -> None:
    user = User.objects.create_superuser("staff@shop.example", "a long password")
    pair = sessions.open_session(user=user, address=None, user_agent="")

    program.get("/api/v1/users/me/", headers={"Authorization": f"Bearer {pair.access}"})
    program.force_login(user)
    program.get("/admin/")
    program.get("/api/v1/products/")  # asks nobody who it is

    answered = [line for line in lines(log) if line["event"] == "answered"]
    assert [line.get("user_id") for line in answered] == [user.pk, user.pk, None]


def test_a_bug_is_logged_with_its_traceback_and_without_the_query(
    program: Client, log: StringIO
) -> None:
    program.get("/api/v1/api/bug/?token=abc", headers={"X-Request-ID": "0123456789"})

    written = lines(log)
    bug = next(line for line in written if line["level"] == "error")
    assert bug["event"] == "Internal Server Error: /api/v1/api/bug/"
    assert bug["request"] == "GET /api/v1/api/bug/"
    assert bug["request_id"] == "0123456789"
    assert "ZeroDivisionError: the secret recipe" in bug["exception"]
    assert "abc" not in json.dumps(written)


def test_a_database_that_is_away_is_logged_with_its_cause(program: Client, log: StringIO) -> None:
    program.get("/api/v1/api/database/")

    warning, error, answered = lines(log)
    assert warning["request_id"] == error["request_id"] == answered["request_id"]
    assert warning["event"] == "database_error"
    assert "server closed the connection" in warning["exception"]


def test_secrets_do_not_reach_the_log() -> None:
    event = {
        "event": "signed_in",
        "password": "abc",
        "refresh_token": "abc",
        "Authorization": "Bearer abc",
        "headers": {"Cookie": "abc", "Accept": "*/*"},
        "attempts": [{"otp": "abc", "user": 7}, ("X", {"client_secret": "abc"})],
        "user_id": 7,
    }

    assert redact(None, "info", event) == {
        "event": "signed_in",
        "password": "[redacted]",
        "refresh_token": "[redacted]",
        "Authorization": "[redacted]",
        "headers": {"Cookie": "[redacted]", "Accept": "*/*"},
        "attempts": [{"otp": "[redacted]", "user": 7}, ["X", {"client_secret": "[redacted]"}]],
        "user_id": 7,
    }


def test_a_name_with_a_line_break_stays_one_line(log: StringIO) -> None:
    structlog.get_logger("probe").info("named", name='A\n{"event": "forged"}')

    (line,) = lines(log)
    assert line["event"] == "named"
    assert line["name"] == 'A\n{"event": "forged"}'
