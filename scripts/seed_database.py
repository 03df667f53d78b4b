#!/usr/bin/env python
"""Fills an empty shop with the demo: products, customers, orders in every state, reviews.

    python scripts/seed_database.py
    python scripts/seed_database.py --admin-password 'correct horse battery'
    python scripts/seed_database.py --scale 0.1    a tenth of it

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
    parser.add_argument("--scale", type=float, default=1.0, help="above 0, at most 1")
    options = parser.parse_args()
    if not 0 < options.scale <= 1:
        parser.error("--scale is above 0 and at most 1.")

    import django  # noqa: PLC0415

    from ecommerce_backend.start import check_settings  # noqa: PLC0415

    check_settings()
    django.setup()

    from ecommerce_backend.demo.screen import seed_and_tell  # noqa: PLC0415

    return seed_and_tell(admin_password=options.admin_password or None, scale=options.scale)


if __name__ == "__main__":
    sys.exit(main())
