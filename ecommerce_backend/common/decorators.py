from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def accepts(*methods: str) -> Callable[[View], View]:
    """Say which methods a view that is a function knows; ProblemMiddleware refuses the others."""

    def mark(view: View) -> View:
        view.http_methods = (*methods, "OPTIONS")  # type: ignore[attr-defined]
        return view

    return mark


def read_only(view: View) -> View:
    """Say that a view that is a function knows GET and HEAD alone."""
    return accepts("GET", "HEAD")(view)
