"""A standby takes over, a network is cut: reads go on, and nothing is lost."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import serving, settings_for, with_key
from tests.faults.broken_network import Wire
from tests.postgres_cluster import Cluster, started_cluster, started_standby
from zones.store.open_store import open_store

LONG_S = 90.0
FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [123.41, 41.79]},
    "properties": {},
}


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Bureau:
    """A client who reads and edits, and remembers what was acknowledged."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.acknowledged: list[str] = []
        assert client.post("/collections", json={"id": "mine"}).status_code == 201

    def edit(self) -> int:
        """Add a feature; return the status."""
        answer = self.client.post("/collections/mine/items", json=FEATURE)
        if answer.status_code == 201:
            self.acknowledged.append(answer.headers["location"].rpartition("/")[2])
        elif answer.status_code == 503:
            assert answer.headers["retry-after"]
        return answer.status_code

    def reads(self) -> list[int]:
        """Return what look-ups, features and tiles are answered with by anybody."""
        key = self.client.headers.pop("authorization")
        try:
            paths = (
                "/locate?lon=123.41&lat=41.79",
                "/collections/mine/items",
                "/xyz/zones/web/12/3451/1528.png",
            )
            return [self.client.get(path).status_code for path in paths]
        finally:
            self.client.headers["authorization"] = key

    def held(self) -> set[str]:
        """Return the features that the service shows."""
        found = self.client.get("/collections/mine/items?limit=10000").json()["features"]
        return {str(each["id"]) for each in found}


@pytest.fixture
def clusters() -> Iterator[list[Cluster]]:
    """Return a primary; what is put to it is removed as well."""
    made = [started_cluster()]
    yield made
    for cluster in made:
        cluster.remove()


@pytest.mark.slow
def test_a_standby_takes_over_and_nothing_acknowledged_is_lost(
    clusters: list[Cluster], tmp_path: Path
) -> None:
    (primary,) = clusters
    primary.new_store("bureau")
    standby = started_standby(primary)
    clusters.append(standby)
    hosts = f"host={primary.folder},{standby.folder}&target_session_attrs=read-write"
    url = f"postgresql://postgres@/bureau?{hosts}"
    with serving(settings_for(tmp_path, store=url, work_dir=tmp_path / "work")) as client:
        bureau = Bureau(with_key(client))
        assert [bureau.edit() for _ in range(5)] == [201] * 5
        assert bureau.reads() == [200, 200, 200]
        primary.stop(signal.SIGQUIT)  # as if its machine had died
        wait_until(lambda: bureau.edit() == 503)
        assert bureau.reads() == [200, 200, 200]
        standby.execute("SELECT pg_promote()")
        wait_until(lambda: bureau.edit() == 201)
        assert set(bureau.acknowledged) <= bureau.held()
        assert bureau.client.get("/health/ready").status_code == 200
    with closing(open_store(standby.url("bureau"))) as store:
        assert set(bureau.acknowledged) <= {each.fid for each in store.features("mine")}
        numbers = [each.number for each in store.revisions()]
        assert numbers == list(range(len(numbers), 0, -1))


@pytest.mark.slow
def test_a_cut_between_service_and_database_is_borne_and_mends_by_itself(
    clusters: list[Cluster], tmp_path: Path
) -> None:
    (primary,) = clusters
    primary.new_store("bureau")
    wire = Wire(primary.folder / ".s.PGSQL.5432")
    url = f"postgresql://postgres@127.0.0.1:{wire.port}/bureau?sslmode=disable&gssencmode=disable"
    with serving(settings_for(tmp_path, store=url, work_dir=tmp_path / "work")) as client:
        bureau = Bureau(with_key(client))
        assert bureau.edit() == 201
        wire.cut()
        for _ in range(2):
            assert bureau.edit() == 503
            assert bureau.reads() == [200, 200, 200]
        assert client.get("/health/ready").json()["status"] == "degraded"
        assert client.get("/health/live").status_code == 200
        wire.mend()
        wait_until(lambda: bureau.edit() == 201)
        assert set(bureau.acknowledged) <= bureau.held()
    wire.close()
