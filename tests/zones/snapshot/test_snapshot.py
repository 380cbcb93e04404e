"""All collections at one revision, and what keeps a worker at the store's current one."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import shapely
from shapely import Point

from tests.toy import at, collection, feature, toy_plan
from zones.errors import UnknownCollectionError, UnknownRevisionError
from zones.model import Change, CollectionInfo, Delta, Feature, RevisionNote
from zones.plan_text import Plan
from zones.snapshot.current_snapshot import MANY_CHANGES, SnapshotFollower
from zones.snapshot.feature_memory_size import FEATURE_BYTES
from zones.snapshot.former_revisions import SNAPSHOT_BYTES
from zones.snapshot.model import Snapshot, snapshot_from
from zones.store.open_store import open_store
from zones.store.protocol import Store
from zones.store.sql.store import SqlStore

TREES = CollectionInfo("trees", "树", "Trees", order=50)
PARKS = CollectionInfo("parks", "公园", "Parks", order=40)


def _put(store: Store, info: CollectionInfo, *features: Feature, remove: Sequence[str] = ()) -> int:
    change = Change(info.id, put=features, remove=remove, collection=info)
    return store.apply([change], RevisionNote("test", "test")).number


def _tree(fid: str, x: float = 0) -> Feature:
    return feature(fid, Point(at(x, 0)))


@pytest.fixture
def follower(empty_store: SqlStore) -> SnapshotFollower:
    return SnapshotFollower(empty_store, toy_plan())


def test_empty_store_gives_an_empty_snapshot(follower: SnapshotFollower) -> None:
    assert follower.current().revision == 0
    assert dict(follower.current().collections) == {}


def test_follower_sees_every_commit_on_the_next_question(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    for number in range(1, 4):
        assert _put(empty_store, TREES, _tree(str(number))) == number
        assert not follower.is_current()
        assert len(follower.current().collection("trees")) == number
        assert follower.is_current()


def test_snapshot_once_taken_never_changes(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES, _tree("oak"))
    before = follower.current()
    _put(empty_store, TREES, _tree("elm"), remove=["oak"])
    assert follower.current().collection("trees").fids == ("elm",)
    assert before.collection("trees").fids == ("oak",)
    assert (before.revision, follower.current().revision) == (1, 2)


def test_untouched_collections_stay_the_same_objects(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES, _tree("oak"))
    before = follower.current()
    _put(empty_store, PARKS, feature("park", None))
    after = follower.current()
    assert after.collection("trees") is before.collection("trees")
    assert after.collection("trees").revision == 1
    assert after.collection("parks").revision == 2


def test_dropped_collection_is_gone_and_can_begin_anew(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES, _tree("oak"))
    assert "trees" in follower.current().collections
    empty_store.apply([Change("trees", drop=True)], RevisionNote("test", "drop"))
    assert "trees" not in follower.current().collections
    _put(empty_store, TREES, _tree("elm"))
    assert follower.current().collection("trees").fids == ("elm",)


def test_collection_dropped_and_begun_anew_between_two_questions_keeps_nothing_old(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES, _tree("oak"), _tree("ash"))
    follower.current()
    empty_store.apply([Change("trees", drop=True)], RevisionNote("test", "drop"))
    _put(empty_store, TREES, _tree("ash", 1))
    trees = follower.current().collection("trees")
    assert trees.fids == ("ash",)
    assert shapely.equals(trees.feature("ash").geometry, Point(at(1, 0)))


def test_followed_snapshot_equals_one_read_from_the_beginning(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    steps = [([_tree("a"), _tree("b")], []), ([_tree("b", 2)], ["a"]), ([_tree("a", 3)], [])]
    for put, remove in steps:
        _put(empty_store, TREES, *put, remove=remove)
        followed = follower.current().collection("trees")
        anew = SnapshotFollower(empty_store, toy_plan()).current().collection("trees")
        assert followed.fids == anew.fids
        assert shapely.equals(followed.geometries, anew.geometries).all()
        assert followed.revision == anew.revision


def test_empty_collection_is_kept_and_can_be_filled(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES)
    assert len(follower.current().collection("trees")) == 0
    empty_store.apply([Change("trees", put=[_tree("oak")])], RevisionNote("test", "fill"))
    assert follower.current().collection("trees").fids == ("oak",)


def test_empty_collection_is_told_of_by_its_title(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES)
    assert follower.current().info("trees").title == "树"
    assert follower.current().info("none").title == "none"


def test_snapshot_of_an_earlier_revision_is_what_was_there(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES, _tree("oak"))
    _put(empty_store, PARKS, feature("park", None))
    _put(empty_store, TREES, _tree("elm"), remove=["oak"])
    assert follower.at(1).collection("trees").fids == ("oak",)
    assert list(follower.at(2).collections) == ["parks", "trees"]
    assert follower.at(2).collection("trees").revision == 1
    assert follower.at(3) is follower.current()


def test_earlier_snapshot_shares_what_has_not_changed_since(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES, _tree("oak"))
    _put(empty_store, PARKS, feature("park", None))
    assert follower.at(1).collection("trees") is follower.current().collection("trees")


def test_earlier_snapshots_are_remembered_up_to_so_many_bytes(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    for i in range(8):
        _put(empty_store, TREES, _tree(str(i)))
    first = follower.at(1)
    assert follower.at(1) is first
    follower.former.cache.bound(int(3.5 * SNAPSHOT_BYTES))
    for number in range(2, 5):
        follower.at(number)
    assert follower.at(1) is not first
    assert 0 < follower.former.cache.nbytes <= 3.5 * SNAPSHOT_BYTES


def test_what_is_read_of_an_earlier_snapshot_counts(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, TREES, *[_tree(str(i)) for i in range(500)])
    _put(empty_store, PARKS, feature("park", None))
    earlier = follower.at(1)
    before = follower.former.cache.nbytes
    shared = earlier.collection("trees")
    assert follower.former.cache.nbytes == before, "the current revision has it too"
    _put(empty_store, TREES, _tree("new"))
    assert follower.current().collection("trees") is not shared
    assert follower.former.cache.nbytes - before >= 500 * FEATURE_BYTES
    follower.former.cache.clear()
    anew = follower.at(1)
    assert not anew.is_read("trees")
    before = follower.former.cache.nbytes
    assert len(anew.collection("trees")) == 500
    assert follower.former.cache.nbytes - before >= 500 * FEATURE_BYTES


def test_one_revision_that_is_read_holds_up_no_other(
    follower: SnapshotFollower, empty_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(3):
        _put(empty_store, TREES, _tree(str(i)))
    follower.current()
    is_asked, may_end = Event(), Event()
    read = empty_store.features

    def slowly(collection_id: str, *, revision: int | None = None) -> list[Feature]:
        if revision == 1:
            is_asked.set()
            assert may_end.wait(30)
        return read(collection_id, revision=revision)

    monkeypatch.setattr(empty_store, "features", slowly)
    with ThreadPoolExecutor(1) as other:
        slow = other.submit(lambda: follower.at(1).collection("trees"))
        assert is_asked.wait(30)
        assert len(follower.at(2).collection("trees")) == 2
        assert follower.at(1).revision == 1
        may_end.set()
        assert len(slow.result(30)) == 1


@pytest.mark.parametrize("revision", [-1, 0, 2, 99])
def test_revision_that_was_never_committed_is_an_error(
    follower: SnapshotFollower, empty_store: SqlStore, revision: int
) -> None:
    _put(empty_store, TREES)
    with pytest.raises(UnknownRevisionError) as caught:
        follower.at(revision)
    assert caught.value.params == {"revision": revision, "current": 1}


def test_store_put_back_from_a_backup_is_read_from_the_beginning(tmp_path: Path) -> None:
    old, new = (open_store(f"sqlite:///{tmp_path}/{name}.sqlite") for name in ("old", "new"))
    _put(old, TREES, _tree("oak"))
    for i in range(3):
        _put(new, PARKS, feature(str(i), None))
    follower = SnapshotFollower(new, toy_plan())
    assert follower.current().revision == 3
    follower._store = old
    assert list(follower.current().collections) == ["trees"]
    assert follower.current().revision == 1
    old.close()
    new.close()


class _SlowStore:
    """The store, whose deltas wait until they are let go, and are counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reading, self.go_on = Event(), Event()
        self.deltas = 0

    def revision(self) -> int:
        return self._store.revision()

    def delta(self, since: int, **how: Any) -> Delta:
        self.deltas += 1
        self.reading.set()
        assert self.go_on.wait(5)
        return self._store.delta(since, **how)

    def features(self, collection_id: str, *, revision: int | None = None) -> list[Feature]:
        return self._store.features(collection_id, revision=revision)

    def first_revisions(self, collection_id: str) -> dict[str, int]:
        return self._store.first_revisions(collection_id)


def test_one_thread_refreshes_and_the_others_wait_for_it(empty_store: SqlStore) -> None:
    _put(empty_store, TREES, _tree("oak"))
    slow = _SlowStore(empty_store)
    follower = SnapshotFollower(slow, toy_plan())  # type: ignore[arg-type]  # as far as is asked of it
    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(follower.current) for _ in range(6)]
        assert slow.reading.wait(5)
        slow.go_on.set()
        snapshots = [future.result(5) for future in waiting]
    assert slow.deltas == 1
    assert {id(snapshot) for snapshot in snapshots} == {id(follower.current())}


def many(count: int = MANY_CHANGES + 1) -> list[Feature]:
    return [_tree(f"t{number}", number / 1e6) for number in range(count)]


def test_what_changed_much_is_read_when_it_is_asked_for(
    follower: SnapshotFollower, empty_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(empty_store, PARKS, _tree("p"))
    follower.current()
    asked: list[str] = []
    features = empty_store.features

    def read(collection_id: str, *, revision: int | None = None) -> list[Feature]:
        asked.append(collection_id)
        return features(collection_id, revision=revision)

    monkeypatch.setattr(empty_store, "features", read)
    _put(empty_store, TREES, *many())
    _put(empty_store, PARKS, _tree("q"))
    snapshot = follower.current()
    assert snapshot.revision == 3
    assert list(snapshot.collections) == ["parks", "trees"]
    assert snapshot.collection("parks").fids == ("p", "q")
    assert not snapshot.is_read("trees")
    assert asked == []
    assert len(snapshot.collection("trees")) == MANY_CHANGES + 1
    assert snapshot.collection("trees") is snapshot.collection("trees")
    assert snapshot.is_read("trees")
    assert asked == ["trees"]


def test_what_is_read_late_is_of_the_snapshots_own_revision(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, PARKS, _tree("p"))
    follower.current()
    _put(empty_store, TREES, *many())
    before = follower.current()
    _put(empty_store, TREES, _tree("one more"), remove=["t0"])
    after = follower.current()
    assert len(before.collection("trees")) == MANY_CHANGES + 1
    assert "t0" in before.collection("trees")
    assert "t0" not in after.collection("trees")
    assert after.collection("trees").fids[-1] == "one more"
    assert [before.collection("trees").revision, after.collection("trees").revision] == [2, 3]


def test_what_was_read_is_followed_by_what_changed(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, PARKS, _tree("p"))
    follower.current()
    _put(empty_store, TREES, *many())
    oak = follower.current().collection("trees").feature("t5")
    _put(empty_store, TREES, _tree("one more"))
    snapshot = follower.current()
    assert snapshot.is_read("trees")
    assert snapshot.collection("trees").feature("t5") is oak


def test_a_new_snapshot_reads_everything_that_is_left(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    _put(empty_store, PARKS, _tree("p"))
    follower.current()
    _put(empty_store, TREES, *many())
    follower.current().read_all()
    assert follower.current().is_read("trees")


def test_a_part_is_the_same_until_one_of_its_collections_changes(
    follower: SnapshotFollower, empty_store: SqlStore
) -> None:
    parks = frozenset({"parks"})
    _put(empty_store, PARKS, _tree("p"))
    _put(empty_store, TREES, _tree("t"))
    part = follower.current().part(parks)
    assert list(part.collections) == ["parks"]
    _put(empty_store, TREES, _tree("u"))
    assert follower.current().part(parks) is part
    _put(empty_store, PARKS, _tree("q"))
    assert follower.current().part(parks) is not part
    assert follower.current().part(parks).collection("parks").fids == ("p", "q")


def test_a_part_that_is_all_is_the_snapshot(toy: Snapshot) -> None:
    assert toy.part(frozenset(toy.collections)) is toy


def test_reader_never_sees_half_of_a_revision(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/busy.sqlite")
    follower = SnapshotFollower(store, toy_plan())
    done = Event()

    def write() -> None:
        for i in range(30):
            both = [
                Change(info.id, put=[feature("only", Point(at(i, 0)))], collection=info)
                for info in (TREES, PARKS)
            ]
            store.apply(both, RevisionNote("test", "both"))
        done.set()

    writer = Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set() or not follower.is_current():
        collections = follower.current().collections.values()
        places = {shapely.to_wkt(c.feature("only").geometry) for c in collections}
        assert len(places) <= 1
        seen |= places
    writer.join()
    store.close()
    assert len(seen) > 1


def test_unknown_collection_is_an_error_that_names_it(toy: Snapshot) -> None:
    with pytest.raises(UnknownCollectionError) as caught:
        toy.collection("rivers")
    assert caught.value.params == {"collection": "rivers"}
    assert len(toy.collection_or_empty("rivers")) == 0


def test_collections_are_in_their_order_whatever_the_order_given(plan: Plan) -> None:
    given = [collection("b", [], 2), collection("c", [], 1), collection("a", [], 2)]
    snapshot = Snapshot(1, {c.info.id: c for c in given}, plan)
    assert list(snapshot.collections) == ["c", "a", "b"]


def test_snapshot_from_changes_is_what_a_store_would_hold(
    seeded_snapshot: Snapshot, seeded_store: SqlStore, plan: Plan
) -> None:
    stored = SnapshotFollower(seeded_store, plan).current()
    assert stored.revision == seeded_snapshot.revision == 1
    assert list(stored.collections) == list(seeded_snapshot.collections)
    for id_, read in seeded_snapshot.collections.items():
        kept = stored.collection(id_)
        assert (kept.fids, kept.properties) == (read.fids, read.properties)
        assert kept.features_json(range(len(kept))) == read.features_json(range(len(read)))


def test_snapshot_from_changes_leaves_out_what_makes_no_collection(plan: Plan) -> None:
    assert dict(snapshot_from([Change("trees", put=[_tree("oak")])], plan).collections) == {}
