"""Fills an empty shop with the demo, from Django's shell.

    python manage.py shell < scripts/django_seed_script.py

The administrator's password comes from DEMO_ADMIN_PASSWORD; without it a random one is made and
shown. A shop that has the demo already is left as it is.
"""

import os

from ecommerce_backend.demo.screen import seed_and_tell

seed_and_tell(admin_password=os.environ.get("DEMO_ADMIN_PASSWORD"))
