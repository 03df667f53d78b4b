import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from ecommerce_backend.tests.refusals import GOOD, LOCAL, REFUSALS, ROOT, THIRD_KEY
from ecommerce_backend.tests.refusals_of_scale import SCALE_REFUSALS

EX_CONFIG = 78
GOOD_STARTS = [
    {},
    {
        "SHOP_MEDIA_STORAGE": "s3",
        "SHOP_S3_BUCKET": "shop-media",
        "SHOP_S3_ENDPOINT": "https://s3.eu-central-1.amazonaws.com",
        "SHOP_MEDIA_URL": "https://media.shop.example",
    },
    {"REDIS_URL": "rediss+sentinel://:word@one.internal,two.internal,[fd00::3]:26380/shop/1"},
    {"SHOP_RATE_LIMITS": "", "SHOP_NAME": "", "SHOP_CURRENCY": ""},
    {"SHOP_BASE_URL": "https://192.0.2.7:8443", "DJANGO_ALLOWED_HOSTS": ""},
    {"SHOP_BASE_URL": "http://[::1]:8000/", "DJANGO_ALLOWED_HOSTS": ""},
    {
        **LOCAL,
        "SHOP_PAYMENT_PROVIDERS": "sandbox",
        "SHOP_SANDBOX_WEBHOOK_SECRET": THIRD_KEY,
    },
    {
        "SHOP_ALLOW_SANDBOX": "true",
        "SHOP_PAYMENT_PROVIDERS": "sandbox",
        "SHOP_SANDBOX_WEBHOOK_SECRET": THIRD_KEY,
    },
]


def starts(changes: Iterable[dict[str, str]]) -> list[list[int | str]]:
    """Return the exit code and the words of a start for each change of the good environment."""
    environments = "".join(json.dumps(GOOD | change) + "\n" for change in changes)
    probe = subprocess.run(
        [sys.executable, "-m", "ecommerce_backend.tests.start_probe"],
        cwd=ROOT,
        input=environments,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(answer) for answer in probe.stdout.splitlines()]


def test_each_mistake_stops_the_start_with_one_line_that_says_what_is_right() -> None:
    mistakes = [*REFUSALS, *SCALE_REFUSALS]
    ends = starts(change for change, _ in mistakes)

    assert len(ends) == len(mistakes) >= 90
    for (change, line), (code, words) in zip(mistakes, ends, strict=True):
        assert (code, words) == (EX_CONFIG, f"{line}\n"), change


def test_a_good_environment_starts_without_a_word() -> None:
    assert starts(GOOD_STARTS) == [[0, ""]] * len(GOOD_STARTS)


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "migrate", "--check"],
        ["manage.py", "procrastinate", "worker"],
        ["scripts/seed_database.py"],
        ["-m", "gunicorn", "--bind", "127.0.0.1:0", "ecommerce_backend.wsgi:application"],
        ["-m", "scripts.local", "run"],
        ["-m", "scripts.local", "manage", "check"],
    ],
    ids=lambda command: " ".join(command[:3]),
)
def test_every_way_to_start_ends_with_the_same_one_line(command: list[str], tmp_path: Path) -> None:
    started = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=GOOD | {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "SHOP_CURENCY": "EUR"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert started.returncode not in {0, 2}
    assert started.stderr.removeprefix("✗ ") == (
        "SHOP_CURENCY is not a setting of the shop. Did you mean SHOP_CURRENCY?\n"
    )
    assert started.stdout == ""


@pytest.mark.parametrize(
    ("name", "given", "line"),
    [
        ("WEB_CONCURRENCY", "0", "must be a number from 1 to 64, not '0'."),
        ("WEB_THREADS", "many", "must be a number from 1 to 64, not 'many'."),
        ("FORWARDED_ALLOW_IPS", "*", "must list networks, not '*'."),
    ],
)
def test_gunicorn_refuses_what_only_it_reads(name: str, given: str, line: str) -> None:
    started = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config"],
        cwd=ROOT,
        env=GOOD | {name: given},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert started.returncode == EX_CONFIG
    assert started.stderr.startswith(f"{name} {line} Example: {name}=")
    assert started.stderr.count("\n") == 1


def test_a_port_that_is_none_stops_the_shop_on_this_machine(tmp_path: Path) -> None:
    started = subprocess.run(
        [sys.executable, "-m", "scripts.local", "run"],
        cwd=ROOT,
        env=GOOD | {"DATA_DIR": str(tmp_path), "PORT": "80000"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert started.returncode == EX_CONFIG
    assert started.stderr == (
        "PORT must be a number from 1 to 65535, not '80000'. Example: PORT=8000\n"
    )
