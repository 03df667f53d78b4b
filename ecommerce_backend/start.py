"""How a process of the shop starts: with good settings, or not at all."""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator, Sequence

from django.core.exceptions import ImproperlyConfigured

_SERVERS = frozenset({"run_worker", "procrastinate", "runserver"})


@contextlib.contextmanager
def refusing_in_one_line() -> Iterator[None]:
    """End the process with one line instead of a traceback when a setting is wrong.

    The exit code is EX_CONFIG, 78, of sysexits.h.
    """
    try:
        yield
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(os.EX_CONFIG)


def leave_output_to_results(arguments: Sequence[str]) -> None:
    """Let a command that prints a result log to standard error, unless the operator said where.

    Servers print none: their log is what they have to say.
    """
    if not _SERVERS.intersection(arguments[1:2]):
        os.environ.setdefault("SHOP_LOG_STREAM", "stderr")


def check_settings() -> None:
    """Read the settings once, and end the process when one is wrong.

    What was imported for it is forgotten: a process that only starts others must not hand on
    settings that were changed on disk since.
    """
    name = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecommerce_backend.settings")
    known = set(sys.modules)
    with refusing_in_one_line():
        importlib.import_module(name)
    for module in set(sys.modules) - known:
        if module.startswith("ecommerce_backend."):
            del sys.modules[module]
