from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ecommerce_backend.common.openapi.error_guide import error_guide


class Command(BaseCommand):
    help = "Write docs/errors.md: every code of the API, and which operations answer with it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=Path("docs/errors.md"))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        options["file"].write_text(error_guide(), encoding="utf-8")
