"""Imports nothing that needs Django to be set up, since it does that."""

import logging
import warnings

import django


def begin() -> None:
    """Set a process up to search, without a line of log for each search."""
    warnings.simplefilter("ignore")  # of static files that nobody has collected
    django.setup()
    logging.getLogger("request").setLevel(logging.WARNING)
