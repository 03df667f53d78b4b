import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.deploy.__main__ import main
from scripts.deploy.logs.lines import parse
from scripts.deploy.tests.hosts import Host

ID = "0f3c9a7b5d1e4c2f8a6b0d9e7c5f3a1b"


def shop_line(at: str, **fields: object) -> str:
    usual = {"event": "answered", "method": "GET", "path": "/api/v1/products/", "status": 200}
    told = {**usual, "ms": 16.7, "level": "info", "logger": "request", **fields}
    return f"web-blue-1  | 2026-05-04T10:00:{at}Z {json.dumps(told)}"


def nginx_line(at: str, **fields: object) -> str:
    usual = {"method": "GET", "path": "/api/v1/products/", "status": 200, "seconds": 0.019}
    told = {"time": "x", "client": "198.51.100.9", **usual, "cache": "-", **fields}
    return f"nginx-1     | 2026-05-04T10:00:{at}Z {json.dumps(told)}"


POSTGRES = "db-1  | 2026-05-04T10:00:05.5Z 2026-05-04 10:00:05.501 UTC [61] nexus_app@nexus nexus "
LINES = [
    nginx_line("02.000000001", request_id=ID),
    nginx_line("04", request_id="other"),
    shop_line("01.9", request_id=ID),
    shop_line("03", path="/health/ready/", request_id="probe"),
    shop_line("06", status=500, request_id="crash", level="error", exception="Traceback:\n  oh"),
    POSTGRES + "ERROR:  deadlock detected",
    "redis-state-1 | 2026-05-04T10:00:00Z 7:M 04 May 2026 10:00:00.001 * Ready to accept",
]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    machine = Host(tmp_path)
    monkeypatch.setenv("PATH", machine.path)
    machine.docker("logs", "\n".join(LINES) + "\n")
    yield machine
    machine.close()


def shown(host: Host, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert main(["--site", str(host.site.root), "logs", *options]) == 0
    return capsys.readouterr().out.splitlines()


def test_lines_of_all_services_are_shown_in_the_order_of_their_times(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(host, capsys) == [
        "05-04 10:00:00.000  redis-state  * Ready to accept",
        "05-04 10:00:01.900  web-blue     GET /api/v1/products/ → 200 17 ms [0f3c9a7b]",
        (
            "05-04 10:00:02.000  nginx        GET /api/v1/products/ → 200 19 ms for 198.51.100.9"
            " [0f3c9a7b]"
        ),
        (
            "05-04 10:00:04.000  nginx        GET /api/v1/products/ → 200 19 ms for 198.51.100.9"
            " [other]"
        ),
        (
            "05-04 10:00:05.500  db           error [61] nexus_app@nexus nexus ERROR:  deadlock"
            " detected"
        ),
        "05-04 10:00:06.000  web-blue     error GET /api/v1/products/ → 500 17 ms [crash]",
        "        Traceback:",
        "          oh",
    ]


def test_a_request_is_followed_through_all_services(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [line[20:28].strip() for line in shown(host, capsys, "--request-id", ID)] == [
        "web-blue",
        "nginx",
    ]
    assert shown(host, capsys, "--request-id", ID[:8]) == shown(host, capsys, "--request-id", ID)
    assert shown(host, capsys, "--request-id", "nobody") == []


def test_the_probes_requests_are_left_out_unless_asked_for(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not any("/health/" in line for line in shown(host, capsys))
    assert any("/health/" in line for line in shown(host, capsys, "--all"))


def test_only_what_is_bad_enough_is_shown(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(host, capsys, "--level", "error")
    assert [line[20:28].strip() for line in lines if not line.startswith(" ")] == ["db", "web-blue"]


def test_following_shows_lines_as_they_come(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(host, capsys, "--follow")[0].endswith("[0f3c9a7b]")


def test_programs_get_entries(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--site", str(host.site.root), "logs", "--json", "--level", "error"]) == 0

    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [(entry["service"], entry["level"]) for entry in entries] == [
        ("db", "error"),
        ("web-blue", "error"),
    ]


def test_docker_that_fails_is_told(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    host.docker("logs", error="no such service: wbe\n")

    assert main(["--site", str(host.site.root), "logs", "wbe"]) == 1
    assert "no such service: wbe" in capsys.readouterr().err


def test_what_a_visitor_sent_cannot_steer_the_terminal() -> None:
    entry = parse("\x1b[2Knginx-1 | 2026-05-04T10:00:00Z GET /\x1b[31;1mred\x07\x1b]0;title\x07")

    assert entry is not None
    assert "\x1b" not in entry.text
    assert "\x07" not in entry.text
    assert entry.text.startswith("GET /red")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("2026-05-04 10:00:05.501 UTC [61] a@b c LOG:  checkpoint starting", "info"),
        ("2026-05-04 10:00:05.501 UTC [61] a@b c FATAL:  no pg_hba.conf entry", "error"),
        ("2026-05-04 10:00:05.501 UTC [61] a@b c PANIC:  could not write", "critical"),
        ("2026/05/04 10:00:05 [warn] 7#7: *1 a client request body is buffered", "warning"),
        ("2026/05/04 10:00:05 [emerg] 1#1: host not found in upstream", "critical"),
        ("7:M 04 May 2026 10:00:00.001 # Can't save in background", "warning"),
        ("Traceback (most recent call last):", "error"),
        ("Starting gunicorn 27.0.1", "info"),
        ("{not JSON", "info"),
    ],
)
def test_the_level_of_lines_that_are_no_json_is_found(text: str, level: str) -> None:
    entry = parse(f"any-1 | 2026-05-04T10:00:00Z {text}")

    assert entry is not None
    assert entry.level == level


def test_a_line_that_is_of_no_container_is_nothing() -> None:
    assert parse("WARN[0000] the attribute `version` is obsolete") is None
