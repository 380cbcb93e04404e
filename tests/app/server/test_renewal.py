"""A worker follows the store, and makes tiles ready, before anybody asks."""

import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.app_state import services_in
from app.tiles.recently_requested import LATELY_S, MOST_FEATURES, TileDemand
from tests.app.conftest import Serve, with_key
from tests.app.tiles.test_tiles import address
from zones.model import CollectionInfo, Feature
from zones.plan_text import Plan
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot
from zones.tiles import CGCS2000_QUAD, WEB_MERCATOR_QUAD, are_tiles_prepared


def held(client: TestClient) -> Snapshot | None:
    """Return the snapshot that the worker holds, None while it is not the store's."""
    snapshot: Snapshot | None = services_in(client.app).follower.cached()
    return snapshot


def eventually(holds: Callable[[], bool]) -> bool:
    """Return whether something holds within ten seconds, without any request."""
    for _ in range(400):
        if holds():
            return True
        time.sleep(0.025)
    return False


def change(client: TestClient, collection: str) -> None:
    """Give the first feature of a collection another name; the answer needs no new snapshot."""
    fid = client.get(f"/collections/{collection}/items?limit=1").json()["features"][0]["id"]
    client.patch(
        f"/collections/{collection}/items/{fid}",
        json={"properties": {"name": "另一个名称"}},
        headers={"Content-Type": "application/merge-patch+json"},
    ).raise_for_status()


def is_ready(client: TestClient, collection: str) -> bool:
    snapshot = held(client)
    return snapshot is not None and are_tiles_prepared(
        snapshot.collection(collection), WEB_MERCATOR_QUAD
    )


@pytest.mark.slow
def test_tiles_of_a_new_revision_are_made_ready_for_what_was_asked_for(serve: Serve) -> None:
    client = with_key(serve())
    before = client.get(address("zones"))
    assert not is_ready(client, "sites")
    change(client, "sites")
    change(client, "zones")
    assert eventually(lambda: is_ready(client, "zones"))
    assert not is_ready(client, "sites")
    after = client.get(address("zones"))
    assert after.headers["etag"] != before.headers["etag"]
    assert "另一个名称".encode() in after.content
    assert "另一个名称".encode() not in before.content
    assert client.get(f"{address('zones')}?revision=1").content == before.content


def test_commit_of_another_process_is_read_without_a_request(serve: Serve) -> None:
    reader = serve()
    writer = with_key(serve())
    change(writer, "sites")
    assert eventually(lambda: (found := held(reader)) is not None and found.revision == 2)


def test_renewal_ends_with_the_service(serve: Serve) -> None:
    client = serve()
    renewal = services_in(client.app).refresher
    renewal.close()
    change(with_key(client), "sites")
    time.sleep(0.6)
    assert client.get("/collections/sites/items?limit=1").headers["x-revision"] == "2"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def snapshot_of(plan: Plan, **counts: int) -> Snapshot:
    """Return a snapshot with collections of so many features without place."""
    collections = {
        name: Collection(
            CollectionInfo(name, name, name), 1, [Feature(str(n), None, {}) for n in range(count)]
        )
        for name, count in counts.items()
    }
    return Snapshot(1, collections, plan)


def test_demand_has_the_last_asked_first_and_forgets(seeded_snapshot: Snapshot) -> None:
    clock = Clock()
    demand = TileDemand(clock)
    snapshot = snapshot_of(seeded_snapshot.plan, a=1, b=1)
    for name in ("a", "b", "dropped"):
        clock.seconds += 1
        demand.note(name, WEB_MERCATOR_QUAD)
    clock.seconds += 1
    demand.note("a", CGCS2000_QUAD)
    found = [(collection.info.id, tms.id) for collection, tms in demand.of(snapshot)]
    assert found == [("a", "CGCS2000Quad"), ("b", "WebMercatorQuad"), ("a", "WebMercatorQuad")]
    clock.seconds = LATELY_S + 3.5
    assert [collection.info.id for collection, _ in demand.of(snapshot)] == ["a"]


@pytest.mark.slow
def test_demand_leaves_out_what_memory_is_not_meant_for(seeded_snapshot: Snapshot) -> None:
    clock = Clock()
    demand = TileDemand(clock)
    snapshot = snapshot_of(seeded_snapshot.plan, large=MOST_FEATURES - 1, small=1, more=2)
    for name in ("more", "small", "large"):
        clock.seconds += 1
        demand.note(name, WEB_MERCATOR_QUAD)
    assert [collection.info.id for collection, _ in demand.of(snapshot)] == ["large", "small"]
