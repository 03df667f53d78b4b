"""What the seeding scripts show: bars while they run, who to be at the end."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.demo.content import load
from ecommerce_backend.demo.customers import ADMIN_EMAIL
from ecommerce_backend.demo.seeding import Summary, seed
from ecommerce_backend.demo.setting import Progress

_PASSWORD_BYTES = 12


def seed_and_tell(*, admin_password: str | None, scale: float = 1.0) -> int:
    """Seed the shop and say so; return an exit code. Without a password, make one and show it."""
    console = Console(highlight=False)
    password = admin_password or secrets.token_urlsafe(_PASSWORD_BYTES)
    try:
        with _bars() as progress:
            summary = seed(admin_password=password, scale=scale, progress=progress)
    except ValidationError as error:
        console.print(f"The administrator's password: {' '.join(error.messages)}", style="red")
        return 2
    except DomainError as error:
        console.print(str(error), style="red")
        return 1
    _tell(console, summary, password if admin_password is None else "as you gave it")
    return 0


@contextmanager
def _bars() -> Iterator[Progress]:
    """Draw a bar for each part on a terminal's stderr, and nothing anywhere else."""
    bars = Bars(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False),
        disable=not sys.stderr.isatty(),
        transient=True,
    )

    def begin(title: str, steps: int) -> Callable[[], None]:
        task = bars.add_task(title, total=steps)
        return lambda: bars.advance(task)

    with bars:
        yield begin


def _tell(console: Console, summary: Summary, password: str) -> None:
    if not summary.is_new:
        console.print("The demo shop is there already; nothing was changed.")
        return
    console.print(
        f"The demo shop is filled: {summary.products} products in {summary.variants} variants,"
        f" {summary.pictures} pictures, {summary.customers} customers, {summary.orders} orders,"
        f" {summary.reviews} reviews.",
        soft_wrap=True,
    )
    logins = Table.grid(padding=(0, 3))
    logins.add_row("Administrator", ADMIN_EMAIL, password)
    for login in load("logins"):
        logins.add_row(login["role"], login["email"], login["password"])
    console.print(logins)
