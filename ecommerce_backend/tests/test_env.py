from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ecommerce_backend.env import given, number, output, secret, switch, words
from ecommerce_backend.env_addresses import base_url, database, hosts

LONG = "k3v9-2mQx8Lw0PzR7tYbN4cUe6sHa1jD"


@pytest.mark.parametrize(
    ("url", "address"),
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
    monkeypatch: pytest.MonkeyPatch, url: str, address: str
) -> None:
    monkeypatch.setenv("PROBE", url)

    assert base_url("PROBE") == address


def test_a_secret_is_long_and_random(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE", LONG)

    assert secret("PROBE") == LONG


def test_a_weak_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE", "hunter2hunter2")

    with pytest.raises(ImproperlyConfigured) as refusal:
        secret("PROBE")

    assert "hunter2" not in str(refusal.value)


def test_a_secret_can_come_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{LONG}\n")
    monkeypatch.setenv("PROBE_FILE", str(tmp_path / "secret"))

    assert secret("PROBE") == LONG


def test_a_file_that_is_not_there_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROBE_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match=r"PROBE_FILE cannot be read: .*No such file"):
        secret("PROBE")


@pytest.mark.parametrize(
    ("word", "on"), [("true", True), ("1", True), ("No", False), ("0", False), ("", True)]
)
def test_a_switch_is_on_or_off(
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    on: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setenv("PROBE", word)

    assert switch("PROBE", default=True) is on


def test_a_list_forgives_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE", " one, two ,,")

    assert words("PROBE") == ["one", "two"]
    assert words("PROBE_ABSENT", default=["three"]) == ["three"]


@pytest.mark.parametrize("text", ["0", "11", "-1", "1.5", "ten", "１", "9" * 5000])
def test_a_number_stays_within_its_bounds(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PROBE", text)

    with pytest.raises(ImproperlyConfigured, match="PROBE must be a number from 1 to 10, not "):
        number("PROBE", default=5, at_least=1, at_most=10)


def test_a_file_that_is_no_text_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("PROBE_FILE", str(tmp_path / "secret"))

    with pytest.raises(ImproperlyConfigured, match=r"PROBE_FILE cannot be read: .*not a text file"):
        given("PROBE")


@pytest.mark.parametrize(
    ("base", "names"),
    [
        ("https://shop.example", ["shop.example"]),
        ("https://[2001:db8::1]", ["[2001:db8::1]"]),
        ("http://127.0.0.1:8000", ["localhost", "127.0.0.1", "[::1]"]),
    ],
)
def test_without_a_list_the_shop_answers_to_the_host_of_its_address(
    base: str, names: list[str]
) -> None:
    assert hosts("PROBE_ABSENT", base=base) == names


def test_options_of_the_database_address_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE", "postgresql://me:wo%2Frd@db:5433/shop?sslmode=require")

    configured = database("PROBE")

    assert (configured["USER"], configured["PASSWORD"]) == ("me", "wo/rd")
    assert (configured["HOST"], configured["PORT"], configured["NAME"]) == ("db", 5433, "shop")
    assert configured["OPTIONS"] == {"sslmode": "require"}


def test_no_password_of_a_server_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE", "mysql://me:hunter2@db/shop")

    with pytest.raises(ImproperlyConfigured) as refusal:
        database("PROBE")

    assert "hunter2" not in str(refusal.value)


def test_a_log_goes_to_a_stream_or_into_a_folder_that_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def told(value: str) -> str:
        monkeypatch.setenv("SHOP_LOG_STREAM", value)
        return output("SHOP_LOG_STREAM", among=("stdout", "stderr"))

    assert [told(""), told("stderr"), told(f"{tmp_path}/log")] == [
        *("stdout", "stderr"),
        f"{tmp_path}/log",
    ]
    for wrong in ("out", "logs/web.log", f"{tmp_path}/nowhere/web.log"):
        with pytest.raises(ImproperlyConfigured, match="must be stdout, stderr or a file in a"):
            told(wrong)
