"""What .env.prod.example offers, against what the stack and the shop really read."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from ecommerce_backend.tests.refusals import GOOD
from ecommerce_backend.tests.test_configuration_guide import (
    described,
    read_by_compose,
    read_by_python,
)
from scripts.stack.tests.test_compose import ROOT, STACK

EXAMPLE = (ROOT / ".env.prod.example").read_text()
OFFERED = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", EXAMPLE, re.MULTILINE))
# Given to the shop in other ways: by the compose file, by files, by the image.
NOT_FOR_THE_FILE = {"SHOP_BASE_URL", "SHOP_TRUSTED_PROXIES", "FORWARDED_ALLOW_IPS"}


def test_what_the_stack_reads_is_offered() -> None:
    assert sorted(read_by_compose() - OFFERED.keys()) == []


def test_what_is_offered_is_read_by_the_stack_or_the_shop() -> None:
    assert sorted(OFFERED.keys() - read_by_compose() - read_by_python()) == []


def test_what_is_offered_is_in_the_guide() -> None:
    assert sorted(OFFERED.keys() - set(described())) == []


def test_nothing_is_offered_that_the_compose_file_sets_itself() -> None:
    assert not NOT_FOR_THE_FILE & OFFERED.keys()


def test_no_secret_is_asked_for_in_the_file() -> None:
    assert not [name for name in OFFERED if re.search(r"KEY|PASSWORD|SECRET|TOKEN", name)]


def test_at_most_fifteen_values_have_to_be_thought_about() -> None:
    required, _, _ = EXAMPLE.partition("# The shop\n")

    assert re.findall(r"^([A-Z_]+)=$", required, re.MULTILINE) == ["DOMAIN", "ACME_EMAIL"]


@pytest.fixture
def container(tmp_path: Path) -> dict[str, str]:
    """The environment of a web container, made of the example as Compose makes it."""
    environment = {"PATH": os.environ["PATH"], **OFFERED}
    for name, value in STACK["x-shop"]["environment"].items():
        filled = re.sub(r"\$\{DOMAIN[^}]*\}", "shop.example", value)
        environment[name] = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", filled)
    for name in [name for name in environment if name.endswith("_FILE")]:
        secret = tmp_path / name
        plain = GOOD.get(name.removesuffix("_FILE"), "")
        is_operators = name == "SHOP_EMAIL_URL_FILE"  # empty until there is a mail server
        made = "" if is_operators else secrets.token_urlsafe(48)
        secret.write_text(plain if "://" in plain else made)
        secret.chmod(0o400)
        environment[name] = str(secret)
    environment["REDIS_STATE_URL_FILE"] = environment["REDIS_URL_FILE"]
    return environment


def check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_shop_starts_with_what_the_example_says(container: dict[str, str]) -> None:
    checked = check(container)

    assert checked.returncode == 0, checked.stderr


def test_a_typing_error_in_the_file_stops_the_start(container: dict[str, str]) -> None:
    checked = check({**container, "SHOP_CURENCY": "EUR"})

    assert checked.returncode == os.EX_CONFIG
    assert "Did you mean SHOP_CURRENCY?" in checked.stderr
