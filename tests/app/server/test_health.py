"""Whether the service lives, whether it is ready, what it counted."""

import re
import sys

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from tests.app.conftest import ADMIN_KEY, Serve
from tests.app.server.test_renewal import eventually
from zones.errors import StoreError


def test_a_process_that_answers_lives(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


def test_what_would_pause_a_request_is_loaded_without_one_needing_it(client: TestClient) -> None:
    assert client.get("/health/live").status_code == 200
    assert eventually(lambda: "pyarrow.parquet" in sys.modules)


def test_a_seeded_service_is_ready_and_tells_how_it_is(client: TestClient) -> None:
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["faults"] == []
    assert ready.json()["details"]["revision"] == 1
    assert ready.json()["details"]["sandbox"]


def test_too_little_disk_is_told_while_reads_go_on(serve: Serve) -> None:
    client = serve(min_free_mb=10**9)
    assert client.get("/health/ready?strict=true").status_code == 503
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert [fault["code"] for fault in ready.json()["faults"]] == ["disk-low"]


def test_a_store_that_cannot_be_read_is_not_ready_and_answers_503(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve()
    store = services_in(client.app).store

    def damaged() -> int:
        raise StoreError("store-damaged")

    monkeypatch.setattr(store, "revision", damaged)
    answer = client.get("/plan")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert client.get("/health/live").status_code == 200


def test_details_are_for_readers_only_when_reading_needs_a_key(serve: Serve) -> None:
    client = serve(public_read=False)
    assert "details" not in client.get("/health/ready").json()
    with_key = client.get("/health/ready", headers={"Authorization": f"Bearer {ADMIN_KEY}"})
    assert "details" in with_key.json()


def test_metrics_count_requests_and_name_the_revision(serve: Serve) -> None:
    client = serve()
    client.get("/plan")
    client.get("/nowhere")
    text = client.get("/metrics").text
    assert 'zones_requests_total{method="GET",status="200"} 1\n' in text
    assert 'zones_requests_total{method="GET",status="404"} 1\n' in text
    assert re.search(r'zones_worker_revision\{worker="[0-9]+"\} 1\n', text)
    assert "zones_request_seconds_count 2\n" in text


def test_every_line_of_metrics_is_one_that_prometheus_reads(client: TestClient) -> None:
    sample = re.compile(
        r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+\-]+|# (HELP|TYPE) .+'
    )
    for line in client.get("/metrics").text.splitlines():
        assert sample.fullmatch(line), line
