import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from ecommerce_backend.csp_reports import MAX_LENGTH, MAX_REPORTS

pytestmark = pytest.mark.django_db

URL = "/csp-reports/"
OLD, NEW = "application/csp-report", "application/reports+json"
LEVEL_2 = {
    "csp-report": {
        "document-uri": "https://shop.example/sandbox/?token=secret#part",
        "effective-directive": "script-src-elem",
        "violated-directive": "script-src-elem",
        "blocked-uri": "inline",
        "line-number": 7,
        "script-sample": "alert(1)",
    }
}
REPORTING_API = {
    "type": "csp-violation",
    "age": 12,
    "url": "https://shop.example/",
    "user_agent": "Firefox",
    "body": {
        "documentURL": "https://shop.example/admin/?q=ada@shop.example",
        "effectiveDirective": "img-src",
        "blockedURL": "https://evil.example/pixel.gif?stolen=1",
        "sourceFile": "https://shop.example/static/x.js?v=1",
        "lineNumber": 3,
        "sample": "",
    },
}


def send(client: Client, body: Any, content_type: str = OLD) -> tuple[int, list[Any]]:
    """Return the status of the answer and what was logged."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    with capture_logs() as logs:
        response = client.post(URL, sent, content_type=content_type)
    return response.status_code, [line for line in logs if line["event"] == "csp.violation"]


def counted(directive: str) -> float:
    labels = {"directive": directive}
    return REGISTRY.get_sample_value("nexus_csp_violations_total", labels) or 0


def test_an_older_browsers_report_is_logged_and_counted(program: Client) -> None:
    before = counted("script-src-elem")

    status, logged = send(program, LEVEL_2)

    assert status == 204
    assert logged == [
        {
            "event": "csp.violation",
            "log_level": "warning",
            "directive": "script-src-elem",
            "blocked": "inline",
            "page": "https://shop.example/sandbox/",
            "source": "",
            "line": "7",
            "sample": "alert(1)",
        }
    ]
    assert counted("script-src-elem") == before + 1


def test_a_batch_is_logged_without_the_queries_of_addresses(program: Client) -> None:
    status, logged = send(program, [REPORTING_API, REPORTING_API], f"{NEW}; charset=utf-8")

    assert status == 204
    assert [(line["page"], line["blocked"], line["source"]) for line in logged] == [
        (
            "https://shop.example/admin/",
            "https://evil.example/pixel.gif",
            "https://shop.example/static/x.js",
        )
    ] * 2


def test_other_reports_of_the_same_batch_are_passed_over(program: Client) -> None:
    status, logged = send(program, [{"type": "deprecation", "body": {}}, REPORTING_API], NEW)

    assert (status, len(logged)) == (204, 1)


def test_what_is_long_is_cut(program: Client) -> None:
    body = {"effective-directive": "img-src", "script-sample": "x" * 5000}

    _, (line,) = send(program, {"csp-report": body})
    _, many = send(program, [{"type": "csp-violation", "body": {}}] * (MAX_REPORTS + 5), NEW)

    assert line["sample"] == "x" * MAX_LENGTH
    assert len(many) == MAX_REPORTS


def test_an_invented_directive_is_no_label_of_its_own(program: Client) -> None:
    before = counted("other")

    send(program, {"csp-report": {"effective-directive": "make-me-a-label"}})

    assert counted("other") == before + 1
    assert counted("make-me-a-label") == 0


GARBAGE: list[Any] = [
    b" ",
    b"{",
    b"\xff\xfe",
    b"[" * 10_000,
    b'{"csp-report": {"blocked-uri": "\\ud800"}}',
    [],
    {},
    None,
    1,
    "text",
    [1],
    [[]],
    [{}],
    {"csp-report": None},
    {"csp-report": []},
    {"csp-report": "text"},
    {"csp-report": [1, 2]},
    {"csp-report": {"blocked-uri": {"a": []}, "line-number": 2**70, "sample": None}},
    {"csp-report": {"blocked-uri": "https://[", "document-uri": "\x00\r\nforged"}},
    [{"type": "csp-violation"}],
    [{"type": "csp-violation", "body": 5}],
    [{"type": ["csp-violation"], "body": {}}],
]


@pytest.mark.parametrize("content_type", [OLD, NEW])
@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body)[:40])
def test_garbage_is_refused_or_ignored(program: Client, body: Any, content_type: str) -> None:
    status, _ = send(program, body, content_type)

    assert status in {204, 400}


def test_a_field_that_is_nested_deeply_is_left_out(program: Client) -> None:
    nested = b"[" * 1000 + b"]" * 1000
    body = b'{"csp-report": {"blocked-uri": "inline", "effective-directive": ' + nested + b"}}"

    status, (violation,) = send(program, body)

    assert status == 204
    assert violation["blocked"] == "inline"
    assert violation["directive"] == ""


def test_a_report_has_a_largest_size(program: Client) -> None:
    largest = settings.CSP_REPORT_MAX_BYTES
    fitting = json.dumps(LEVEL_2).encode().ljust(largest)

    assert send(program, fitting)[0] == 204
    assert send(program, fitting + b" ") == (413, [])


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "", "application/x-www-form-urlencoded"]
)
def test_only_reports_are_taken(program: Client, content_type: str) -> None:
    response = program.post(URL, b"{}", content_type=content_type)

    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


def test_only_posts_are_taken(program: Client) -> None:
    response = program.get(URL)

    assert response.status_code == 405
    assert "POST" in response["Allow"]


def test_one_address_cannot_fill_the_log(program: Client) -> None:
    statuses = [send(program, LEVEL_2)[0] for _ in range(61)]

    assert statuses == [204] * 60 + [429]


def test_the_address_is_no_part_of_the_api(program: Client) -> None:
    assert "csp-reports" not in program.get("/api/v1/schema/").content.decode()
