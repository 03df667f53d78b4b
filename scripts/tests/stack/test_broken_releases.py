"""Releases that must not stay: each is taken back by itself, and customers see nothing of it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.deploy.outcome import Code
from scripts.deploy.rollout import images
from scripts.tests.stack.conftest import Shop
from scripts.tests.stack.stack import Stack, wait_until

RATE = float(os.environ.get("RATE", "50"))
# From the start of the release's container, which is where a broken release begins to be one.
MOST_SECONDS = 60

GOES_BAD = """
from django.http import HttpResponse

ANSWERS = 40


class GoesBad:
    def __init__(self, get_response):
        self.get_response = get_response
        self.left = ANSWERS

    def __call__(self, request):
        if request.path.startswith("/api/"):
            self.left -= 1
        if self.left < 0 and not request.path.startswith(("/health/", "/metrics")):
            raise RuntimeError("this release goes bad")
        return self.get_response(request)
"""


def crashes(root: Path) -> None:
    append(root / "ecommerce_backend/wsgi.py", "raise RuntimeError('this release crashes')")


def answers_500(root: Path) -> None:
    append(
        root / "ecommerce_backend/pages.py",
        "\n\ndef landing(request):\n    raise RuntimeError('this release is broken')\n",
    )


def forgets_a_page(root: Path) -> None:
    urls = root / "orders/urls.py"
    text = urls.read_text()
    assert "checkout/quote/" in text
    urls.write_text(text.replace("checkout/quote/", "checkout/quotation/"))


def goes_bad(root: Path) -> None:
    (root / "ecommerce_backend/goes_bad.py").write_text(GOES_BAD)
    append(
        root / "ecommerce_backend/settings.py",
        'MIDDLEWARE += ["ecommerce_backend.goes_bad.GoesBad"]',
    )


def append(file: Path, text: str) -> None:
    file.write_text(f"{file.read_text()}\n{text}\n")


def deploy_broken(shop: Shop, damage: Callable[[Path], None]) -> tuple[int, str, float]:
    """Deploy a damaged release and return the exit code, what was said, and its seconds.

    They count from when the release was built; nobody could notice anything before.
    """
    stack = shop.stack
    damage(stack.root)
    stack.commit("A broken release")
    build(stack)
    begun = time.monotonic()
    ended = stack.deploy(
        "deploy", "--skip-preflight", "--skip-backup", "--watch", "20", check=False
    )
    seconds = time.monotonic() - begun
    stack.git("reset", "--quiet", "--hard", "HEAD~1")
    return ended.returncode, ended.stdout, seconds


def build(stack: Stack) -> None:
    """Fill the build's cache, so that what is measured is the rollout."""
    images.build(stack.site, "HEAD")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (crashes, "crashed at its start"),
        (answers_500, "GET /: 500 instead of 200"),
        (forgets_a_page, "POST /api/v1/checkout/quote/: 404 instead of 409"),
    ],
)
def test_a_broken_release_is_never_served(
    damage: Callable[[Path], None], reason: str, shop: Shop
) -> None:
    before = shop.stack.state
    with shop.load(RATE) as load:
        code, said, seconds = deploy_broken(shop, damage)

    print(f"\n{damage.__name__}: taken back after {seconds:.0f} s; {load.tally}")
    assert code == Code.FAILED, said
    assert reason in said
    assert shop.stack.state == before
    assert shop.stack.container(f"web-{before.idle_color}") is None
    assert load.tally.failures == []
    assert seconds < MOST_SECONDS


def test_a_release_that_goes_bad_is_taken_back(shop: Shop) -> None:
    """What was looked at came from the release before, and nothing was sent to the bad one yet."""
    before = shop.stack.state
    with shop.load(RATE) as load:
        code, said, seconds = deploy_broken(shop, goes_bad)

    print(f"\ngoes_bad: taken back after {seconds:.0f} s; {load.tally}")
    assert code == Code.TAKEN_BACK, said
    assert "requests with an error" in said
    assert shop.stack.state == before
    assert load.tally.failures == []
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_deploy_that_is_told_to_stop_takes_itself_back(
    number: signal.Signals, shop: Shop
) -> None:
    before = shop.stack.state
    with shop.load(RATE) as load, running_deploy(shop) as process:
        wait_until(lambda: switched(shop))
        process.send_signal(number)
        said, _ = process.communicate()

    print(f"\n{number.name} after the switch: {load.tally}")
    assert process.returncode == Code.TAKEN_BACK, said
    assert shop.stack.state == before
    assert load.tally.failures == []


def test_a_deploy_that_was_killed_is_put_right_by_the_next(shop: Shop) -> None:
    before = shop.stack.state
    with shop.load(RATE) as load:
        with running_deploy(shop) as process:
            wait_until(lambda: switched(shop))
            process.kill()
            process.communicate()
        assert shop.stack.state.in_progress

        next_one = ("deploy", "--skip-preflight", "--skip-backup", "--watch", "2")
        said = shop.stack.deploy(*next_one)

    print(f"\nkill -9 after the switch, then another deploy: {load.tally}")
    assert "did not end" in said.stdout
    after = shop.stack.state
    assert (after.in_progress, after.release == before.release) == (None, False)
    assert load.tally.failures == []


def running_deploy(shop: Shop) -> "subprocess.Popen[str]":
    shop.stack.commit("A release whose deploy is cut short")
    return subprocess.Popen(
        [
            shop.stack.root / "scripts/deploy.sh",
            "deploy",
            *("--skip-preflight", "--skip-backup", "--watch", "120"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def switched(shop: Shop) -> bool:
    note = shop.stack.state.in_progress
    text = shop.stack.site.upstream.read_text()
    return note is not None and note["phase"] == "switched" and "backup" in text
