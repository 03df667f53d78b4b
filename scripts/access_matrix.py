"""Write down who may use which route (docs/access-matrix.md).

python -m scripts.access_matrix
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from ecommerce_backend.tests.access.rules import Rules

ROOT = Path(__file__).resolve().parent.parent
PATH = Path("docs/access-matrix.md")
_HEAD = """\
# Who may do what

Written by `python -m scripts.access_matrix` from the entries in each app's `tests/access.py`. A
test reads the routes and fails on any without an entry; then it has each of these callers ask for
each of them (`ecommerce_backend/tests/test_access_matrix.py`).

✓ is served. A number is the status of the refusal: 401 sign in first, 403 not with these rights,
404 there is no such thing for this caller, 302 to the sign-in page. `HEAD` is as `GET`, and
`OPTIONS` tells everybody the methods. A guest holds the token of a cart and of an order; the
customer owns what the route names; the stranger is another customer. The admin is one row: what a
role sees and changes there is in [users/roles.py](../users/roles.py).
"""


def document() -> str:
    """Return the whole page. Django must be set up."""
    from ecommerce_backend.tests.access.entries import APPS  # noqa: PLC0415 – needs the set-up

    return _HEAD + "".join(f"\n## {app}\n\n{_table(entries)}" for app, entries in APPS.items())


def _table(entries: "Rules") -> str:
    from ecommerce_backend.tests.access.rules import CALLERS  # noqa: PLC0415

    lines = [
        ["route", "who", *CALLERS],
        ["---"] * 2 + [":-:"] * len(CALLERS),
        *(
            [
                f"`{name}`",
                ", ".join([rule.audience, *(f"`{needed}`" for needed in rule.permissions)]),
                *(rule.cell(caller) for caller in CALLERS),
            ]
            for name, rule in entries.items()
        ),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> int:
    django.setup()
    (ROOT / PATH).write_text(document(), encoding="utf-8")
    print(PATH)
    return 0


if __name__ == "__main__":
    sys.exit(main())
