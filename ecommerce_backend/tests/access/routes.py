"""Every route of a URLconf as the OpenAPI document would write it, with the methods it takes."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from ecommerce_backend.common.methods import methods_of
from ecommerce_backend.tests.access.rules import Rules

ADMIN = "/admin/"  # one room: its pages are the admin's own business (see users.roles)


class Route(NamedTuple):
    """One method of one route, and the view that serves it."""

    method: str
    template: str
    view: Any

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def app(self) -> str:
        """The package that serves it."""
        kind = getattr(self.view, "cls", None) or getattr(self.view, "view_class", self.view)
        package = str(kind.__module__).partition(".")[0]
        return package if package not in {"django", "drf_spectacular"} else "ecommerce_backend"

    @property
    def permissions(self) -> set[str]:
        """What the view says that staff need for this method."""
        kind = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        if kind is None or not hasattr(kind, "get_permissions"):
            return set()
        asked = kind(**self.view.initkwargs)
        asked.action = getattr(self.view, "actions", {}).get(self.method.lower())
        return {name for one in asked.get_permissions() for name in getattr(one, "names", ())}


def routes(urlconf: str | None = None) -> list[Route]:
    """Return every method of every route but HEAD, which is GET's, and OPTIONS, which is open."""
    found = [
        Route(method, template, view)
        for template, view in _templates(get_resolver(urlconf))
        if not template.startswith(ADMIN)
        for method in methods_of(view)
        if method not in {"HEAD", "OPTIONS"}
    ]
    return [*found, Route("GET", ADMIN, get_resolver(urlconf).resolve(ADMIN).func)]


def _templates(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        template = before + _template(entry)
        if isinstance(entry, URLResolver):
            yield from _templates(entry, template)
        else:
            yield template, entry.callback


def _template(entry: URLPattern | URLResolver) -> str:
    route = str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    named = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", r"{\1\2}", route)
    return named.replace("{pk}", "{id}")


def gaps(known: Rules, found: list[Route]) -> list[str]:
    """Return what is missing and what is left over, with what to write where."""
    missing = [
        f"{route} has no entry: add to {_file(route.app)}, for example"
        f'\n    "{route}": {_likely(route)},'
        for route in found
        if str(route) not in known
    ]
    names = {str(route) for route in found}
    return missing + [
        f"{name} is no route: take its entry out" for name in known if name not in names
    ]


def _file(app: str) -> str:
    return f"{app}/tests/access{'/entries' if app == 'ecommerce_backend' else ''}.py"


def _likely(route: Route) -> str:
    if route.permissions:
        return f"staff({', '.join(repr(name) for name in sorted(route.permissions))})"
    return "owner()" if "{" in route.template else "signed_in()"
