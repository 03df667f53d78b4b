"""Which methods an address knows, whoever asks and with whatever they were sent."""

from collections.abc import Callable
from typing import Any

_FORM = ("GET", "POST", "HEAD", "OPTIONS")  # what pages are made of: the admin's, for one


def methods_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """Return the methods of a view as `as_view()` or `common.decorators.accepts` left it.

    A ViewSet knows what it is routed with, any other class the methods it defines.
    """
    if stated := getattr(view, "http_methods", None):
        return tuple(stated)
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if kind is None:
        return _FORM
    names = kind.http_method_names
    known = set(getattr(view, "actions", None) or filter(lambda name: hasattr(kind, name), names))
    known |= {"options"} | ({"head"} if "get" in known else set())
    return tuple(name.upper() for name in names if name in known)
