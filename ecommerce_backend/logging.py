"""Logs are JSON lines on standard output, each with the request it belongs to.

Commands of manage.py that print a result keep standard output for it and log to standard error.
"""

import logging.config
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest

from ecommerce_backend.log_lines import render
from ecommerce_backend.redaction import safe

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
STREAMS = ("stdout", "stderr")
_OURS = frozenset({"level", "logger", "timestamp", "_record", "_from_structlog"})
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
    """Blank what is secret by its name or its look, at any depth, and make the rest plain."""
    for name in event:
        if name not in _OURS:
            event[name] = safe(event[name], name=name)
    return event


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


def logging_config(*, level: str, stream: str = "stdout") -> dict[str, Any]:
    """Return the dictConfig for Django's, Gunicorn's and our own loggers.

    `stream` is one of STREAMS or the path of a file.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    render,
                ],
            }
        },
        "handlers": {"lines": {**_handler(stream), "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},  # "answered" tells of the refusals already
            "django.server": {"handlers": [], "propagate": True},
            "gunicorn.error": {"handlers": [], "propagate": True},
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners; the 400 is logged
            "procrastinate": {"level": "WARNING"},
        },
    }


def _handler(stream: str) -> dict[str, Any]:
    if stream in STREAMS:
        return {"class": "logging.StreamHandler", "stream": f"ext://sys.{stream}"}
    # It opens the file anew when logrotate has moved it. A handler that rotates by itself would
    # lose lines, since each worker would.
    return {"class": "logging.handlers.WatchedFileHandler", "filename": stream}


def configure(config: dict[str, Any]) -> None:
    """Set up logging for the process; Django calls this with `settings.LOGGING`."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
