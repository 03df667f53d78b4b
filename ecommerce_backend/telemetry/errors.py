"""Bugs, and whatever is logged as an error, by the protocol of Sentry."""

import logging
from typing import Any
from urllib.parse import urlsplit

import sentry_sdk
import structlog
from django.conf import settings
from sentry_sdk.consts import CompressionAlgo
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Breadcrumb, Event, Hint

from ecommerce_backend.redaction import safe

STOP_SECONDS = 2  # for what is still to be sent when the process ends
_DEPTH = -6  # frames of a traceback lie deeper than fields of a log line


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        release=settings.RELEASE,
        integrations=[
            DjangoIntegration(transaction_style="url"),
            LoggingIntegration(level=None, event_level=logging.ERROR),
        ],
        auto_enabling_integrations=False,
        send_default_pii=False,
        include_local_variables=False,  # a sign-in's has the password
        max_request_body_size="never",
        shutdown_timeout=STOP_SECONDS,
        # The library's choice would be Brotli, which not all who speak the protocol understand.
        _experiments={"transport_compression_algo": CompressionAlgo.GZIP},
        before_send=guarded,
        before_breadcrumb=without_crumbs,
    )


def guarded(event: Event, hint: Hint) -> Event:  # noqa: ARG001 – the library passes it
    """Return an event without secrets, and of the request only what the log has too."""
    asked = event.pop("request", {})
    event.pop("user", None)
    event.pop("extra", None)
    cleaned: Any = safe(event, depth=_DEPTH)
    if asked:
        url = urlsplit(str(asked.get("url", "")))
        cleaned["request"] = {
            "method": asked.get("method"),
            "url": safe(f"{url.scheme}://{url.netloc}{url.path}"),
        }
    known = structlog.contextvars.get_contextvars()
    cleaned["tags"] = {**(cleaned.get("tags") or {}), "request_id": known.get("request_id", "")}
    result: Event = cleaned
    return result


def without_crumbs(crumb: Breadcrumb, hint: Hint) -> None:
    """Keep no trail: the log has it, under the request's id."""
