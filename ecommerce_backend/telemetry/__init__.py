"""Error reports and traces, for who set them up; for anybody else nothing of it is imported."""

from django.conf import settings


def start() -> None:
    """Begin to report, once for each process and before its first request."""
    if settings.SENTRY_DSN:
        from ecommerce_backend.telemetry import errors  # noqa: PLC0415

        errors.start(settings.SENTRY_DSN)
    if settings.OTLP_ENDPOINT:
        from ecommerce_backend.telemetry import traces  # noqa: PLC0415

        traces.start(settings.OTLP_ENDPOINT)
