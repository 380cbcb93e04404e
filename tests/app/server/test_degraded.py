"""While the database is gone: who may be sent requests says so, and which of them he answers."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.server.routes_health_metrics import answers_reads
from tests.app.conftest import ADMIN_KEY, serving, settings_for
from tests.postgres_cluster import Cluster, started_cluster
from zones.plan_text import Plan
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.store.open_store import open_store

KEY = {"Authorization": f"Bearer {ADMIN_KEY}"}
LOOK_UP = "/locate?lon=123.41&lat=41.79"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Return a cluster of this module's own, to be stopped and started."""
    made = started_cluster()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def client(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("degraded")
    settings = settings_for(folder, store=cluster.new_store("bureau"), work_dir=folder / "work")
    with serving(settings) as client:
        yield client


def states(client: TestClient) -> tuple[int, int, dict[str, Any]]:
    """Return the status of readiness, the one with strict checks, and what is said."""
    told = client.get("/health/ready")
    strict = client.get("/health/ready?strict=true")
    return told.status_code, strict.status_code, told.json()


def gauge(client: TestClient, name: str) -> int:
    found = re.search(rf"^{name} ([0-9]+)$", client.get("/metrics").text, re.MULTILINE)
    assert found is not None
    return int(found[1])


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_replica_stays_in_rotation_without_its_database_and_says_so(
    cluster: Cluster, client: TestClient
) -> None:
    made = client.post("/collections", json={"id": "mine"}, headers=KEY)
    assert made.status_code == 201
    assert states(client)[:2] == (200, 200)
    before = client.get(LOOK_UP).json()
    cluster.stop()
    plain, strict, told = states(client)
    assert (plain, strict, told["status"]) == (200, 503, "degraded")
    assert (told["reads"], told["writes"]) == (True, False)
    assert [fault["code"] for fault in told["faults"]] == ["store-unreachable"]
    assert told["details"]["answers_from"] == int(made.headers["x-revision"])
    assert client.get("/health/ready", headers=KEY).json() == told
    assert client.get(LOOK_UP).json() == before
    refused = client.post("/collections", json={"id": "other"}, headers=KEY)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert (gauge(client, "zones_reads_ready"), gauge(client, "zones_store_ready")) == (1, 0)
    cluster.start()
    wait_until(lambda: states(client)[:2] == (200, 200))
    assert client.post("/collections", json={"id": "other"}, headers=KEY).status_code == 201
    assert (gauge(client, "zones_reads_ready"), gauge(client, "zones_store_ready")) == (1, 1)


def test_who_has_read_nothing_before_the_database_went_answers_nothing(
    cluster: Cluster, client: TestClient, plan: Plan
) -> None:
    assert client.get("/health/ready").status_code == 200  # it has filled the store
    with closing(open_store(cluster.url("bureau"))) as store:
        cluster.stop()
        started = SnapshotFollower(store, plan)
        lost = store.ready().code
        assert lost == "store-unreachable"
        assert answers_reads([lost], started) is False
        cluster.start()
        wait_until(lambda: store.ready().ready)
        assert answers_reads([], started)
