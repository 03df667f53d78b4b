from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from ecommerce_backend.env_addresses import contact

ADDRESS = "/.well-known/security.txt"


@pytest.mark.django_db
def test_a_finder_of_a_weakness_learns_where_to_report_it(
    program: Client, settings: Settings
) -> None:
    settings.BASE_URL = "https://shop.example"
    settings.SECURITY_CONTACT = "mailto:security@shop.example"

    answer = program.get(ADDRESS)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=86400"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    expires = datetime.fromisoformat(fields.pop("Expires"))
    assert fields == {
        "Contact": "mailto:security@shop.example",
        "Preferred-Languages": "en",
        "Canonical": "https://shop.example/.well-known/security.txt",
    }
    assert timedelta(days=88) < expires - datetime.now(UTC) <= timedelta(days=90)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nobody_writes_it(program: Client, method: str) -> None:
    assert getattr(program, method)(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    "given",
    ["mailto:security@shop.example", "https://shop.example/report", "tel:+44-20-7946-0000"],
)
def test_an_operator_says_where(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PROBE", given)

    assert contact("PROBE", base="https://shop.example") == given


@pytest.mark.parametrize(
    ("base", "mailbox"),
    [
        ("https://shop.example:8443", "security@shop.example"),
        ("http://localhost:8000", "security@localhost"),
        ("https://192.0.2.7", "security@[192.0.2.7]"),
        ("https://[2001:db8::7]", "security@[IPv6:2001:db8::7]"),
    ],
)
def test_without_a_word_it_is_the_usual_mailbox_of_the_host(base: str, mailbox: str) -> None:
    assert contact("PROBE_ABSENT", base=base) == f"mailto:{mailbox}"
