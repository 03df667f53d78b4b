import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ecommerce_backend.env import base_url, env, secret, switch

LONG = "k3v9-2mQx8Lw0PzR7tYbN4cUe6sHa1jD"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://shop.example", "https://shop.example"),
        ("https://shop.example/", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_shop_knows_its_address(
    monkeypatch: pytest.MonkeyPatch, given: str, address: str
) -> None:
    monkeypatch.setitem(env.ENVIRON, "PROBE", given)

    assert base_url("PROBE") == address


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "PROBE must look like https://shop.example, not ''."),
        ("shop.example", "PROBE must look like https://shop.example, not 'shop.example'."),
        (
            "ftp://shop.example",
            "PROBE must look like https://shop.example, not 'ftp://shop.example'.",
        ),
        ("https://", "PROBE must look like https://shop.example, not 'https://'."),
        (
            "https://shop.example/shop",
            "PROBE must look like https://shop.example, not 'https://shop.example/shop'.",
        ),
        (
            "https://shop.example?x=1",
            "PROBE must look like https://shop.example, not 'https://shop.example?x=1'.",
        ),
        (
            "https://me:pw@shop.example",
            "PROBE must look like https://shop.example, not 'https://me:pw@shop.example'.",
        ),
        (
            "http://shop.example",
            "PROBE must use https outside this machine, not 'http://shop.example'.",
        ),
    ],
)
def test_an_odd_address_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, given: str, reason: str
) -> None:
    monkeypatch.setitem(env.ENVIRON, "PROBE", given)

    with pytest.raises(ImproperlyConfigured) as refusal:
        base_url("PROBE")

    assert str(refusal.value) == reason


def test_a_secret_is_long_and_random(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(env.ENVIRON, "PROBE", LONG)

    assert secret("PROBE") == LONG


@pytest.mark.parametrize("given", ["", "short", LONG[:-1], "a" * 64, "abc" * 20])
def test_a_weak_secret_stops_the_start_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setitem(env.ENVIRON, "PROBE", given)

    with pytest.raises(ImproperlyConfigured) as refusal:
        secret("PROBE")

    assert str(refusal.value) == "PROBE must be at least 32 random characters."


def test_a_secret_can_come_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{LONG}\n")
    monkeypatch.setitem(env.ENVIRON, "PROBE_FILE", str(tmp_path / "secret"))

    assert secret("PROBE") == LONG


def test_a_file_that_is_not_there_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(env.ENVIRON, "PROBE_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match=r"PROBE_FILE cannot be read: .*No such file"):
        secret("PROBE")


@pytest.mark.parametrize(
    ("given", "on"), [("true", True), ("1", True), ("No", False), ("0", False), ("", False)]
)
def test_a_switch_is_on_or_off(
    monkeypatch: pytest.MonkeyPatch,
    given: str,
    on: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setitem(env.ENVIRON, "PROBE", given)

    assert switch("PROBE", default=True) is on


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SHOP_BASE_URL", None, "Set the SHOP_BASE_URL environment variable"),
        (
            "SHOP_BASE_URL",
            "http://shop.example",
            "SHOP_BASE_URL must use https outside this machine",
        ),
        ("DJANGO_SECRET_KEY", None, "Set the DJANGO_SECRET_KEY environment variable"),
        ("DJANGO_SECRET_KEY", "weak", "DJANGO_SECRET_KEY must be at least 32 random characters."),
        ("JWT_SIGNING_KEY", "weak", "JWT_SIGNING_KEY must be at least 32 random characters."),
        ("DATABASE_URL", None, "Set the DATABASE_URL environment variable"),
        ("REDIS_URL", None, "Set the REDIS_URL environment variable"),
        (
            "SHOP_CURRENCY",
            "EURO",
            "SHOP_CURRENCY must be an ISO 4217 code such as USD, not 'EURO'.",
        ),
        (
            "SHOP_PAYMENT_PROVIDERS",
            "manual,barter",
            "SHOP_PAYMENT_PROVIDERS knows manual and sandbox, not barter.",
        ),
        (
            "SHOP_PAYMENT_PROVIDERS",
            "sandbox",
            "The sandbox provider needs SHOP_SANDBOX_WEBHOOK_SECRET.",
        ),
        (
            "SHOP_TRUSTED_PROXIES",
            "10.0.0.1/8",
            "SHOP_TRUSTED_PROXIES must list networks such as 10.0.0.0/8, not '10.0.0.1/8'.",
        ),
        ("SHOP_LOG_LEVEL", "LOUD", "SHOP_LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR"),
        ("SHOP_SERVE_MEDIA", "perhaps", "SHOP_SERVE_MEDIA must be true or false, not 'perhaps'."),
    ],
)
def test_an_odd_setting_stops_the_start_with_one_clear_line(
    name: str, value: str | None, reason: str
) -> None:
    environment = {**os.environ, name: value or ""}
    if value is None:
        del environment[name]

    start = subprocess.run(
        [sys.executable, "-c", "import ecommerce_backend.settings"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert start.returncode != 0
    last_line = start.stderr.strip().splitlines()[-1]
    assert last_line.startswith(f"django.core.exceptions.ImproperlyConfigured: {reason}")
