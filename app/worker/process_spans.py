"""Spans of a process that carries out an order, brought to the server that traces the request.

Spans are placed by OpenTelemetry's own interface, which does nothing unless something is traced
(``app.observe.tracing``). A process knows no address to send them to, and has no time for it: it
gives them to the server with what came of its order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from opentelemetry import context, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

AttributeValue = str | bool | int | float
TRACEPARENT: Final = "traceparent"


@dataclass(frozen=True, slots=True)
class FinishedSpan:
    """A span that has ended, as it travels between processes; times in ns since 1970."""

    name: str
    trace_id: int
    span_id: int
    parent_id: int | None
    began_ns: int
    ended_ns: int
    attributes: dict[str, AttributeValue]
    fault: str | None


@runtime_checkable
class TakesSpans(Protocol):
    """What sends on spans of other processes."""

    def take_over(self, spans: Sequence[FinishedSpan]) -> None:
        """Send them as if they were of this process."""
        ...


def current_traceparent() -> str:
    """Return the current span as W3C's header field names it, empty where nothing is traced."""
    current = trace.get_current_span().get_span_context()
    if not (current.is_valid and current.trace_flags.sampled):
        return ""
    return f"00-{current.trace_id:032x}-{current.span_id:016x}-01"


@contextmanager
def continued(traceparent: str) -> Iterator[None]:
    """Make what ``current_traceparent`` named the parent of the spans that begin within."""
    if not traceparent:
        yield
        return
    parent = TraceContextTextMapPropagator().extract({TRACEPARENT: traceparent})
    token = context.attach(parent)
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def collected(traceparent: str) -> Iterator[list[FinishedSpan]]:
    """Collect the spans that this process ends within; none where nothing is traced.

    To be called once in the life of a process.
    """
    spans: list[FinishedSpan] = []
    if not traceparent:
        yield spans
        return
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

    class Collecting(SpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            spans.append(_finished(span))

    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(Collecting())
    trace.set_tracer_provider(provider)
    with continued(traceparent):
        yield spans


def hand_over(spans: Sequence[FinishedSpan]) -> None:
    """Give the spans of another process to whatever traces this one."""
    provider = trace.get_tracer_provider()
    if spans and isinstance(provider, TakesSpans):
        provider.take_over(spans)


def _finished(span: ReadableSpan) -> FinishedSpan:
    attributes = {
        name: value
        for name, value in (span.attributes or {}).items()
        if isinstance(value, str | bool | int | float)
    }
    return FinishedSpan(
        name=span.name,
        trace_id=span.context.trace_id,
        span_id=span.context.span_id,
        parent_id=span.parent.span_id if span.parent else None,
        began_ns=span.start_time or 0,
        ended_ns=span.end_time or 0,
        attributes=attributes,
        fault=None if span.status.is_ok else (span.status.description or ""),
    )
