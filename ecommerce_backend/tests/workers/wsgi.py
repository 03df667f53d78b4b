"""The shop, whose answers name their worker; WITHOUT takes away guards, for control arms."""

import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache
from threading import Event
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet

from ecommerce_backend.wsgi import application as shop

__all__ = ["application"]

A_MOMENT = 0.05  # seconds between a careless look and the act on it


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-Worker", str(os.getpid()))], *rest)

    return shop(environ, start)


def _no_grace() -> None:
    settings.REFRESH_GRACE = timedelta(0)


def _no_single_use() -> None:
    """Look whether a refresh token is unused, and then note that it was used."""
    from users import tokens  # noqa: PLC0415 – there are models by now
    from users.models import RefreshToken  # noqa: PLC0415

    update = QuerySet.update

    def careless_update(queryset: Any, **values: Any) -> int:
        if queryset.model is not RefreshToken:
            return update(queryset, **values)
        unused = [token.pk for token in queryset]
        Event().wait(A_MOMENT)
        return update(RefreshToken.objects.filter(pk__in=unused), **values)

    QuerySet.update = careless_update  # type: ignore[method-assign, assignment]
    tokens.successor_jti = _any_jti


def _any_jti(jti: str) -> str:
    return uuid4().hex


def _no_look_at_the_session() -> None:
    """Believe a session that a worker has seen live."""
    from users.services import sessions  # noqa: PLC0415

    look = sessions.live_session

    @cache
    def remembered(session_id: int) -> Any:
        return look(session_id=session_id)

    sessions.live_session = remembered


def _no_even_work() -> None:
    """Check no password where there is no account."""
    from users.services import sessions  # noqa: PLC0415

    vars(sessions)["check_password"] = lambda *_: False


_GUARDS = {
    "even work": _no_even_work,
    "grace": _no_grace,
    "single use": _no_single_use,
    "a look at the session": _no_look_at_the_session,
}
for _guard in filter(None, os.environ.get("WITHOUT", "").split(",")):
    _GUARDS[_guard]()
