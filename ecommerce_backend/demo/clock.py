"""A past for the demo shop: what is done under another clock bears that clock's times."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let Django believe that it is another moment.

    The services write today's date into rows that may never change, such as the ledger and an
    order's history; so the past has to be written when it is the present. For the process that
    seeds alone: every thread of it sees this clock.
    """
    with patch.object(timezone, "now", return_value=moment):
        yield
