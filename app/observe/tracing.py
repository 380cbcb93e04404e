"""Whether requests are traced: OpenTelemetry's own settings ``OTEL_…`` say so, and where to.

Off by default. The extra ``telemetry`` brings what sends spans; without it nothing is loaded.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import trace

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

    from app.observe.span_export import Tracing

NOTHING: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}
UNTRACED: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Asked every few seconds by machines."""

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL: Final = "http/protobuf"
_LOG = logging.getLogger("zones.start")


def start_tracing() -> Tracing | None:
    """Return what traces this process, None where nothing is to be; the log says what is lacking.

    A second application in one process is traced with the first.
    """
    if not is_wanted(os.environ):
        return None
    try:
        from app.observe.span_export import Tracing
    except ImportError:
        _LOG.warning({"message": "not traced: the extra telemetry is not installed"})
        return None
    provider = trace.get_tracer_provider()
    if isinstance(provider, Tracing):
        return provider
    provider = Tracing()
    trace.set_tracer_provider(provider)
    return provider


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Return whether settings ask for traces in the one way there is; the log tells of others."""
    exporter = environment.get("OTEL_TRACES_EXPORTER") or "otlp"
    is_off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or exporter == "none"
    if is_off or not any(environment.get(name) for name in _ENDPOINTS):
        return False
    protocol = next((environment[each] for each in _PROTOCOLS if environment.get(each)), _PROTOCOL)
    if exporter != "otlp" or protocol != _PROTOCOL:
        message = "not traced: traces are sent by otlp over http/protobuf only"
        _LOG.warning({"message": message, "exporter": exporter, "protocol": protocol})
        return False
    return True


def telemetry_of(tracing: Tracing | None) -> TelemetryConfig:
    """Return what the framework does about it: a span for each request, nothing else."""
    if tracing is None:
        return NOTHING
    return {**NOTHING, "tracing": True, "tracer_provider": tracing, "exclude": _is_untraced}


def trace_id() -> str | None:
    """Return the id of the current trace in hexadecimal digits, None where nothing is traced."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def mark_request(request_id: str) -> None:
    """Have the current span tell the id that the client and the log know the request by."""
    trace.get_current_span().set_attribute("zones.request_id", request_id)


def _is_untraced(scope: Any) -> bool:
    return scope.get("path") in UNTRACED
