"""Collections made ready for look-ups are bounded in memory and follow the store."""

import threading
from typing import Any

import pytest
import shapely
from starlette.testclient import TestClient

from app.app_state import services_in
from app.locate.collections_parameter_cache import IN_USE_S, MembersCache
from tests.app.conftest import Serve, with_key
from tests.app.server.test_renewal import Clock, change, eventually, held
from zones.errors import UnknownCollectionError
from zones.lookup import containing_features as lookup_members
from zones.lookup.containing_features import MembersError
from zones.model import CollectionInfo, Feature
from zones.plan_text import Plan
from zones.snapshot.collection import Collection
from zones.snapshot.model import Snapshot

PLACE = {"lon": "123.405", "lat": "41.786", "collections": "subdistricts"}


def areas(name: str, *, revision: int = 1, features: int = 20) -> Collection:
    shapes = [shapely.box(123.4, 41.7, 123.41 + n / 1000, 41.71) for n in range(features)]
    return Collection(
        CollectionInfo(name, name, name),
        revision,
        [Feature(f"{name}{n}", shape, {}) for n, shape in enumerate(shapes)],
    )


def snapshot(plan: Plan, *collections: Collection) -> Snapshot:
    return Snapshot(1, {each.info.id: each for each in collections}, plan)


def test_what_was_not_asked_for_the_longest_time_gives_way(plan: Plan) -> None:
    a, b, c = map(areas, "abc")
    now = snapshot(plan, a, b, c)
    (one,) = MembersCache(2**30).requested(now, ["a"])
    covers = MembersCache(int(2.5 * one.nbytes))
    covers.requested(now, ["a", "b"])
    covers.requested(now, ["a"])
    covers.requested(now, ["c"])
    assert [covers.has(each) for each in (a, b, c)] == [True, False, True]
    assert one.nbytes < covers.nbytes <= 2.5 * one.nbytes


def test_the_one_asked_for_last_is_kept_however_large(plan: Plan) -> None:
    a, b = map(areas, "ab")
    covers = MembersCache(1)
    (first,) = covers.requested(snapshot(plan, a, b), ["a"])
    assert covers.requested(snapshot(plan, a, b), ["a"])[0] is first
    covers.requested(snapshot(plan, a, b), ["b"])
    assert [covers.has(each) for each in (a, b)] == [False, True]


def test_a_change_is_made_ready_for_what_is_in_use_and_the_former_let_go(plan: Plan) -> None:
    clock = Clock()
    covers = MembersCache(2**30, clock)
    old, new, other = areas("a"), areas("a", revision=2, features=30), areas("b")
    covers.requested(snapshot(plan, old, other), ["a", "b"])
    covers.prepare(snapshot(plan, new, other))
    assert [covers.has(each) for each in (old, new, other)] == [False, True, True]
    assert len(covers.requested(snapshot(plan, new, other), ["a"])[0].fids) == 30
    clock.seconds = IN_USE_S + 1
    covers.prepare(snapshot(plan, old, other))
    assert [covers.has(each) for each in (old, new, other)] == [False, False, True]


def test_what_is_dropped_or_has_no_areas_any_more_is_forgotten(plan: Plan) -> None:
    covers = MembersCache(2**30)
    a, b = map(areas, "ab")
    covers.requested(snapshot(plan, a, b), ["a", "b"])
    bare = Collection(a.info, 2, [Feature("p", shapely.Point(123.4, 41.7), {})])
    covers.prepare(snapshot(plan, bare))
    assert covers.nbytes == 0
    with pytest.raises(MembersError):
        covers.requested(snapshot(plan, bare), ["a"])
    with pytest.raises(UnknownCollectionError):
        covers.requested(snapshot(plan, bare), ["b"])


def test_another_collection_of_the_same_revision_is_not_taken_for_it(plan: Plan) -> None:
    covers = MembersCache(2**30)
    before, restored = areas("a"), areas("a", features=5)
    covers.requested(snapshot(plan, before), ["a"])
    assert len(covers.requested(snapshot(plan, restored), ["a"])[0].fids) == 5


@pytest.mark.slow
def test_threads_that_ask_at_once_get_what_one_of_them_built(plan: Plan) -> None:
    covers, now = MembersCache(2**30), snapshot(plan, areas("a", features=2000))
    found: list[Any] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        found.extend(covers.requested(now, ["a"]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(each) for each in found}) == 1


def is_ready(client: TestClient, collection: str) -> bool:
    now = held(client)
    covers: MembersCache = services_in(client.app).members_cache
    return now is not None and covers.has(now.collection(collection))


def test_a_new_revision_is_made_ready_without_a_request_and_answered_from(serve: Serve) -> None:
    client = with_key(serve())
    before = client.get("/locate", params=PLACE).json()
    fid = before["members"]["subdistricts"][0]["id"]
    assert is_ready(client, "subdistricts")
    client.patch(
        f"/collections/subdistricts/items/{fid}",
        json={"properties": {"name": "另一个名称"}},
        headers={"Content-Type": "application/merge-patch+json"},
    ).raise_for_status()
    assert eventually(lambda: is_ready(client, "subdistricts"))
    after = client.get("/locate", params=PLACE)
    assert after.headers["x-revision"] == "2"
    assert after.json()["members"]["subdistricts"] == [{"id": fid, "name": "另一个名称"}]


def test_an_answer_is_of_the_new_revision_while_that_is_made_ready(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = with_key(serve())
    client.get("/locate", params=PLACE)
    begun, go_on = threading.Event(), threading.Event()
    build = lookup_members.build_cover

    def slowly(shapes: Any) -> Any:
        begun.set()
        assert go_on.wait(20)
        return build(shapes)

    monkeypatch.setattr(lookup_members, "build_cover", slowly)
    change(client, "subdistricts")
    assert begun.wait(10)  # by the thread that follows the store
    plain = client.get("/locate?lon=123.405&lat=41.786")
    assert plain.headers["x-revision"] == "2"
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(client.get("/locate", params=PLACE)))
    asking.start()
    asking.join(0.3)
    assert not answers
    go_on.set()
    asking.join(20)
    assert answers[0].headers["x-revision"] == "2"
