"""The code of the shop as syntax trees, for tests that read it."""

import ast
from functools import cache
from pathlib import Path

from ecommerce_backend.tests.refusals import ROOT

APPS = ("ecommerce_backend", "users", "catalog", "cart", "orders", "reviews")
# What only checks read is said where they are.
_CHECKS = {"tests", "migrations", "contract", "fuzz", "node_modules"}


@cache
def shop_code() -> dict[str, ast.Module]:
    """Return each file of the shop and its scripts, without tests, by its path from the root."""
    files = [ROOT / "manage.py", ROOT / "gunicorn.conf.py"]
    for folder in (*APPS, "scripts"):
        files += [path for path in (ROOT / folder).rglob("*.py") if _is_the_shops(path)]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in files}


def _is_the_shops(path: Path) -> bool:
    return path.stem != "settings_test" and not _CHECKS & set(path.relative_to(ROOT).parts)
