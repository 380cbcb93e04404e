"""Sends spans by OTLP over HTTP, those of other processes among them; needs the extra telemetry."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

from app.http.raw_headers import without_token
from app.worker.process_spans import FinishedSpan

OWN_NAME: Final = "heping-zones"
_UNNAMED: Final = "unknown_service"
_QUERY: Final = "url.query"
_FLUSHED_WITHIN_MS: Final = 3000


class Tracing(TracerProvider):
    """Collects spans and sends them in the background, as the settings ``OTEL_…`` say.

    A receiver that is down keeps nobody waiting; what it misses is lost, as the log tells.
    """

    def __init__(self) -> None:
        super().__init__(resource=_resource())
        self._sending = BatchSpanProcessor(OTLPSpanExporter())
        self.add_span_processor(_WithoutTokens())
        self.add_span_processor(self._sending)

    def take_over(self, spans: Sequence[FinishedSpan]) -> None:
        """Send spans of a process that carried out an order of this one."""
        for each in spans:
            self._sending.on_end(_readable(each, self.resource))

    def flush(self) -> None:
        """Send what waits, within a few seconds or not at all."""
        self.force_flush(_FLUSHED_WITHIN_MS)


class _WithoutTokens(SpanProcessor):
    """Leaves out of queries the tokens that stand for keys, as the log does."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        query = (span.attributes or {}).get(_QUERY)
        if isinstance(query, str):
            span.set_attribute(_QUERY, without_token(query.encode()).decode())


def _resource() -> Resource:
    """Return what the settings say of the service; its own name where they say none."""
    found = Resource.create({SERVICE_VERSION: _own_version()})
    if str(found.attributes.get(SERVICE_NAME, _UNNAMED)).startswith(_UNNAMED):
        return found.merge(Resource({SERVICE_NAME: OWN_NAME}))
    return found


def _own_version() -> str:
    try:
        return version(OWN_NAME)
    except PackageNotFoundError:
        return "0"


def _readable(span: FinishedSpan, resource: Resource) -> ReadableSpan:
    def context(span_id: int) -> SpanContext:
        flags = TraceFlags(TraceFlags.SAMPLED)
        return SpanContext(span.trace_id, span_id, is_remote=False, trace_flags=flags)

    return ReadableSpan(
        name=span.name,
        context=context(span.span_id),
        parent=None if span.parent_id is None else context(span.parent_id),
        resource=resource,
        attributes=span.attributes,
        start_time=span.began_ns,
        end_time=span.ended_ns,
        status=Status() if span.fault is None else Status(StatusCode.ERROR, span.fault),
    )
