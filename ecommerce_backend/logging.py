"""Logs are JSON lines on standard error, each with the request it belongs to."""

import logging.config
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SECRET_NAMES = re.compile(r"password|token|secret|authorization|cookie|otp", re.IGNORECASE)
_SHARED: list[structlog.typing.Processor] = []


def name_request(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Put a request's id in the place of the request, whose repr would show the query string.

    Django logs some answers after the middleware that knows the id has returned.
    """
    request = event.get("request")
    if isinstance(request, HttpRequest):
        event["request"] = f"{request.method} {request.path}"
        event["request_id"] = getattr(request, "request_id", None)
    return event


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank the values of fields whose names promise a secret, at any depth."""
    for name in event:
        event[name] = _safe(name, event[name])
    return event


def _safe(name: Any, value: Any) -> Any:
    if isinstance(name, str) and _SECRET_NAMES.search(name):
        return "[redacted]"
    if isinstance(value, Mapping):
        return {key: _safe(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(None, item) for item in value]
    return value


_SHARED += [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    name_request,
    redact,
]


def logging_config(*, level: str) -> dict[str, Any]:
    """Return the dictConfig for Django's, Gunicorn's and our own loggers."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},  # "answered" tells of the refusals already
            "django.server": {"handlers": [], "propagate": True},
            "gunicorn.error": {"handlers": [], "propagate": True},
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners; the 400 is logged
            "procrastinate": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up logging for the process; Django calls this with `settings.LOGGING`."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
