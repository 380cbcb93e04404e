"""Traces by OpenTelemetry: a request, its import and the process that reads its file are one."""

import json
import os
from pathlib import Path

import pytest
from opentelemetry import trace

from app.observe.span_export import Tracing
from app.observe.tracing import is_wanted, start_tracing, trace_id
from app.worker.process_spans import continued, current_traceparent
from tests.app.files import HEPING, make_collection, points_geojson
from tests.app.observe.otlp_receiver import ReceivedSpan, receiving
from tests.app.processes import server
from tests.app.server.test_renewal import eventually

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({ENDPOINT: "http://a:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a:4318/v1/traces"}, True),
        ({ENDPOINT: "http://a:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({ENDPOINT: "http://a:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({ENDPOINT: "http://a:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, False),
        ({ENDPOINT: "http://a:4318", "OTEL_TRACES_EXPORTER": "zipkin"}, False),
    ],
    ids=["off", "on", "traces", "disabled", "none", "grpc", "zipkin"],
)
def test_settings_say_whether_there_are_traces(
    environment: dict[str, str], *, wanted: bool
) -> None:
    assert is_wanted(environment) is wanted


def test_nothing_is_traced_unless_it_is_wanted() -> None:
    assert not any(name.startswith("OTEL_EXPORTER") for name in os.environ)
    assert start_tracing() is None
    assert (trace_id(), current_traceparent()) == (None, "")


def test_a_trace_goes_on_from_the_header_of_the_request() -> None:
    with continued(TRACEPARENT):
        assert trace_id() == TRACE
        assert current_traceparent() == TRACEPARENT
    with continued("nonsense"):
        assert trace_id() is None
    assert trace_id() is None


def test_tokens_of_arcgis_are_not_in_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    tracing = Tracing()
    try:
        query = {"url.query": "f=json&token=secret&where=1"}
        span = tracing.get_tracer("test").start_span("GET", attributes=query)
        assert dict(span.attributes or {}) == {"url.query": "f=json&token=...&where=1"}  # type: ignore[attr-defined]  # a span of the SDK
    finally:
        tracing.shutdown()
    assert not isinstance(trace.get_tracer_provider(), Tracing)


@pytest.mark.slow
def test_request_import_and_reading_process_are_one_trace(
    seeded_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "zones.sqlite"
    store.write_bytes(seeded_file.read_bytes())
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
    with receiving() as received:
        monkeypatch.setenv(ENDPOINT, received.address)
        with server(store) as running:
            make_collection(running.client)  # type: ignore[arg-type]  # httpx and httpx2 are as one here
            answer = running.client.post(
                "/collections/mine/imports",
                files={"file": ("a.geojson", points_geojson(HEPING))},
                headers={"traceparent": TRACEPARENT, "Prefer": "wait=60"},
            )
            assert answer.status_code == 201, answer.text
            assert eventually(lambda: bool(received.named("import")))
            running.client.get("/health/live")
            running.terminate(within_s=30)
            lines = running.log.read_text().splitlines()
    of_trace = {each.name: each for each in received.spans if each.trace == TRACE}
    request = of_trace["POST /collections/{collection_id}/imports"]
    chain = [
        request,
        *(of_trace[name] for name in ("import", "process ImportWork", "reading process")),
    ]
    assert [each.parent for each in chain] == [CALLER, *(each.id for each in chain[:-1])]
    check_attributes(chain, answer.headers["x-request-id"])
    assert {each.service for each in received.spans} == {"heping-zones"}
    assert not any("/health" in str(each.attributes.get("url.path")) for each in received.spans)
    logged = [json.loads(line) for line in lines if answer.headers["x-request-id"] in line]
    assert [each["trace_id"] for each in logged] == [TRACE]


def check_attributes(chain: list[ReceivedSpan], request_id: str) -> None:
    """Compare what spans say of the request, and of the processes that worked for it."""
    request, imported, worker, reader = (each.attributes for each in chain)
    assert request["zones.request_id"] == imported["zones.request_id"] == request_id
    assert (request["http.response.status_code"], imported["zones.outcome"]) == (201, "applied")
    assert worker["process.pid"] != reader["process.pid"]
    assert not any(each.is_error for each in chain)
