"""What scripts/run.sh shows when the shop is up."""

import json
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table

DEMO_LOGINS = Path(__file__).resolve().parent.parent / "ecommerce_backend/demo/content/logins.json"


def welcome(terminal: Console, folder: Path, environment: Mapping[str, str]) -> None:
    """Show where to go and who to be."""
    base_url = environment["SHOP_BASE_URL"]
    pages = {"Shop": "/", "Swagger": "/api/docs/", "ReDoc": "/api/redoc/", "Admin": "/admin/"}
    places = Table.grid(padding=(0, 3))
    for name, path in pages.items():
        places.add_row(f"[bold]{name}[/]", f"[cyan]{base_url}{path}[/]")
    parts: list[RenderableType] = [places]
    if environment.get("DEMO", "1") != "0":
        parts += ["", _logins(environment["DEMO_ADMIN_PASSWORD"])]
    parts += ["", f"[dim]Logs and data: {folder}[/]"]
    screen = Group(*parts)
    terminal.print(
        Panel(screen, title="Nexus is up", subtitle="Ctrl-C stops it", expand=False, padding=(1, 3))
    )


def _logins(admin_password: str) -> Table:
    table = Table.grid(padding=(0, 3))
    table.add_row("[bold]Administrator[/]", "admin@shop.example", admin_password)
    for login in json.loads(DEMO_LOGINS.read_text()):
        table.add_row(f"[bold]{login['role']}[/]", login["email"], login["password"])
    return table
