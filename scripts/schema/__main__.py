"""Write down the tables of the shop: SQL, diagrams, a list (scripts/describe_schema.sh)."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    django.setup()
    from scripts.schema.documents import documents  # noqa: PLC0415 – models need the set-up

    call_command("migrate", verbosity=0)
    for path, text in documents(os.environ["DATABASE_URL"]).items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
