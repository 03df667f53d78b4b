#!/usr/bin/env python
"""Fills an empty shop with the demo: products, customers, orders in every state, reviews.

    python scripts/seed_database.py
    python scripts/seed_database.py --admin-password 'correct horse battery'

The administrator's password comes from the option or from DEMO_ADMIN_PASSWORD; without either a
random one is made and shown. A shop that has the demo already is left as it is.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecommerce_backend.settings")


def main() -> int:
    parser = argparse.ArgumentParser(description="Fill an empty shop with the demo.")
    parser.add_argument("--admin-password", default=os.environ.get("DEMO_ADMIN_PASSWORD"))
    password = parser.parse_args().admin_password

    import django  # noqa: PLC0415

    django.setup()

    from ecommerce_backend.demo.screen import seed_and_tell  # noqa: PLC0415

    return seed_and_tell(admin_password=password or None)


if __name__ == "__main__":
    sys.exit(main())
