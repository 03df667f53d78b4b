"""Somebody at a real browser, who notices everything the browser complains about."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from ecommerce_backend.tests.contract.secure_shop import BASE_URL
from ecommerce_backend.tests.front.servers import HOST, Front

QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
    "--short-reporting-delay",
]
SIZE = {"width": 1280, "height": 900}
TELL = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.tellViolation(`${event.effectiveDirective} ${event.blockedURI}`));
"""


@dataclass
class Visitor:
    """A page of a browser, and what went wrong on it so far."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    def go(self, path: str) -> int:
        """Open an address of the shop and return the status of the answer."""
        answer = self.page.goto(BASE_URL + path)
        assert answer is not None
        status: int = answer.status
        return status

    def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        self.page.wait_for_load_state("networkidle")

    def is_wider_than_the_screen(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@contextmanager
def chromium(front: Front) -> Iterator[Browser]:
    """Start a browser for which the shop's name is here."""
    rules = f"MAP {HOST}:80 127.0.0.1:{front.port}, MAP {HOST}:443 127.0.0.1:{front.tls_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=[*QUIET, f"--host-resolver-rules={rules}"],
        )
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser, **options: Any) -> Iterator[Visitor]:
    """Open a page that knows nothing of the others."""
    context = browser.new_context(**{"ignore_https_errors": True, "viewport": SIZE, **options})
    guest = Visitor(context.new_page())
    context.expose_function("tellViolation", guest.complain)
    context.add_init_script(TELL)
    guest.page.on("console", lambda message: _listen(guest, message))
    guest.page.on("pageerror", lambda error: guest.complain(str(error)))
    guest.page.on("requestfailed", lambda request: _miss(guest, request))
    yield guest
    context.close()


def _listen(guest: Visitor, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        guest.complain(message.text)


def _miss(guest: Visitor, request: Request) -> None:
    guest.complain(f"{request.url} {request.failure}")
