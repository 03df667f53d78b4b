"""A span for each request and each statement, by OTLP over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, Status

from ecommerce_backend.redaction import safe, scrub

_UNTRACED = "health/.*,metrics"  # asked for every few seconds, and seen by whoever asks
# They hold the query, which may be a secret altogether; path and route are there besides.
_DROPPED = frozenset({"http.url", "http.target", "url.full", "url.query", "http.user_agent"})


class GuardedExporter(SpanExporter):
    """Sends spans on without secrets."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([guarded(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def start(endpoint: str) -> None:
    provider = TracerProvider(
        resource=Resource.create({"service.name": "nexus", "service.version": settings.RELEASE})
    )
    sender = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(GuardedExporter(sender)))
    DjangoInstrumentor().instrument(
        tracer_provider=provider, response_hook=_name_request, excluded_urls=_UNTRACED
    )
    PsycopgInstrumentor().instrument(tracer_provider=provider, skip_dep_check=True)


def guarded(span: ReadableSpan) -> ReadableSpan:
    """Return a span as it may leave the house."""
    return ReadableSpan(
        name=scrub(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_safe(span.attributes),
        events=[
            Event(event.name, _safe(event.attributes), event.timestamp) for event in span.events
        ],
        links=span.links,
        kind=span.kind,
        status=Status(
            span.status.status_code,
            scrub(span.status.description) if span.status.description else None,
        ),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _safe(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        name: safe(value, name=name)
        for name, value in (attributes or {}).items()
        if name not in _DROPPED
    }


def _name_request(span: Span, request: HttpRequest, response: HttpResponse) -> None:  # noqa: ARG001
    span.set_attribute("request_id", getattr(request, "request_id", ""))
