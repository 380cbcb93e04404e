"""OBJECTIDs stay with their features, whatever happens to others."""

from pathlib import Path

import pytest
import shapely

from tests.toy import toy_plan
from zones.model import Change, CollectionInfo, Feature, RevisionNote
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot
from zones.snapshot.object_ids import HIGHEST, number_of_id, object_ids
from zones.store.backup import back_up, restore_backup
from zones.store.open_store import open_store
from zones.store.restore_collection import restore
from zones.store.sql.store import SqlStore

NOTE = RevisionNote("test", "change")
TREES = CollectionInfo("trees", "树", "Trees")


@pytest.fixture(scope="module")
def rivals() -> tuple[str, str]:
    """Return two ids that want the same number, the later in the alphabet first."""
    seen: dict[int, str] = {}
    for i in range(10**6):
        fid = f"tree {i}"
        if (number := number_of_id(fid)) in seen:
            later, earlier = sorted([fid, seen[number]], reverse=True)
            return later, earlier
        seen[number] = fid
    raise AssertionError("no two ids of a million share a number")


def tree(fid: str, **properties: str) -> Feature:
    return Feature(fid, shapely.Point(123.4, 41.8), properties)


def put(store: SqlStore, *fids: str, remove: tuple[str, ...] = (), **properties: str) -> int:
    """Store trees as a revision, and end others."""
    trees = [tree(fid, **properties) for fid in fids]
    return store.apply([Change("trees", trees, remove, TREES)], NOTE).number


def numbers(snapshot: Snapshot) -> dict[str, int]:
    """Return the number of each tree."""
    trees = snapshot.collection("trees")
    return dict(zip(trees.fids, trees.derived(object_ids).tolist(), strict=True))


def fresh(store: SqlStore) -> Snapshot:
    """Return what another worker reads, which followed nothing so far."""
    return SnapshotFollower(store, toy_plan()).current()


@pytest.fixture
def follower(empty_store: SqlStore) -> SnapshotFollower:
    return SnapshotFollower(empty_store, toy_plan())


def test_what_wants_a_number_of_another_keeps_its_own_when_that_ends(
    empty_store: SqlStore, follower: SnapshotFollower, rivals: tuple[str, str]
) -> None:
    first, second = rivals
    put(empty_store, first)
    put(empty_store, second, "oak")
    before = numbers(follower.current())
    assert before[first] == number_of_id(first) == number_of_id(second)
    assert len(set(before.values())) == 3
    put(empty_store, remove=(first,))
    for now in (follower.current(), fresh(empty_store)):
        assert numbers(now) == {second: before[second], "oak": before["oak"]}
    put(empty_store, first)  # as a new import of the old file does
    for now in (follower.current(), fresh(empty_store)):
        assert numbers(now) == before


def test_former_revisions_have_the_numbers_of_today(
    empty_store: SqlStore, follower: SnapshotFollower, rivals: tuple[str, str]
) -> None:
    both = put(empty_store, *rivals)
    alone = put(empty_store, remove=(rivals[1],))
    put(empty_store, rivals[0], height="12")
    now = numbers(follower.current())
    assert numbers(follower.at(alone)) == now
    assert numbers(follower.at(both))[rivals[0]] == now[rivals[0]]


def test_a_restored_and_a_dropped_collection_have_the_numbers_they_had(
    empty_store: SqlStore, rivals: tuple[str, str]
) -> None:
    both = put(empty_store, *rivals)
    before = numbers(fresh(empty_store))
    put(empty_store, remove=(rivals[1],))
    restore(empty_store, "trees", both, note=NOTE)
    assert numbers(fresh(empty_store)) == before
    empty_store.apply([Change("trees", drop=True)], NOTE)
    put(empty_store, rivals[0])
    put(empty_store, rivals[1])
    assert numbers(fresh(empty_store)) == before


def test_a_backup_put_back_has_the_numbers_it_had(tmp_path: Path, rivals: tuple[str, str]) -> None:
    url = f"sqlite:///{tmp_path}/zones.sqlite"
    store = open_store(url)
    put(store, *rivals)
    put(store, remove=(rivals[1],))
    before = numbers(fresh(store))
    copy = back_up(url, tmp_path / "copies", keep=1).path
    put(store, "oak")
    store.close()
    restore_backup(url, copy)
    store = open_store(url)
    assert numbers(fresh(store)) == before
    store.close()


def test_ids_that_are_numbers_stay_themselves_beside_others(
    empty_store: SqlStore, follower: SnapshotFollower
) -> None:
    put(empty_store, "17", str(HIGHEST), "1")
    assert numbers(follower.current()) == {"17": 17, str(HIGHEST): HIGHEST, "1": 1}
    put(empty_store, "oak", "0017", str(HIGHEST + 1), "210102001001000017")
    now = numbers(follower.current())
    assert (now["17"], now[str(HIGHEST)], now["1"]) == (17, HIGHEST, 1)
    assert len(set(now.values())) == 7
    assert all(1 <= number <= HIGHEST for number in now.values())
