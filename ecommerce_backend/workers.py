"""How many processes serve the shop: what gunicorn.conf.py starts and degraded limits divide by."""

import os

from ecommerce_backend.env import number

MOST = 64


def web_workers() -> int:
    """Return WEB_CONCURRENCY, else two for each processor and one, but no more than four.

    Raises ImproperlyConfigured.
    """
    usual = min(2 * (os.cpu_count() or 1) + 1, 4)
    return number("WEB_CONCURRENCY", default=usual, at_least=1, at_most=MOST)
