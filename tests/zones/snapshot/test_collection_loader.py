"""Large collections come from segments, and are what the store holds in any case."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.toy import toy_plan
from tests.zones.snapshot.test_mapped_collection import INFO, assert_same, feature_of, features_of
from zones.model import Change, RevisionNote
from zones.segment_files.segment_folder import SegmentFolder
from zones.snapshot.collection import Collection
from zones.snapshot.collection_loader import CollectionLoader, make_segment
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.mapped_collection import MappedCollection
from zones.snapshot.segment_renewal_rule import QUIET_S, Folding
from zones.store.open_store import open_store
from zones.store.sql.store import SqlStore

NOTE = RevisionNote("test", "test")


class Worker:
    """A process's part: its follower, and how often it had a segment made."""

    def __init__(self, store: SqlStore, path: Path, *, max_bytes: int = 2**30) -> None:
        self.store = store
        self.folder = SegmentFolder(path / "segments", max_bytes=max_bytes)
        self.made: list[int] = []
        self.follower = SnapshotFollower(
            store, toy_plan(), CollectionLoader(store, self.folder, self._make)
        )

    def _make(self, collection_id: str, revision: int) -> None:
        self.made.append(revision)
        make_segment(self.store, self.folder, collection_id, revision, is_cancelled=lambda: False)

    def collection(self) -> Collection:
        return self.follower.current().collection("mixed")

    def mapped(self) -> MappedCollection:
        collection = self.collection()
        assert isinstance(collection, MappedCollection)
        return collection

    def assert_as_stored(self) -> None:
        """Compare with the same collection read from the store."""
        stored = SnapshotFollower(self.store, toy_plan()).current().collection("mixed")
        assert self.collection().revision == stored.revision
        assert_same(self.collection(), stored)


@pytest.fixture(autouse=True)
def few_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("current_snapshot", "segment_renewal_rule"):
        monkeypatch.setattr(f"zones.snapshot.{module}.LARGE", 5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    store.apply([Change("mixed", put=features_of(30), collection=INFO)], NOTE)
    yield store
    store.close()


def edit(store: SqlStore, revision: int) -> None:
    put = [feature_of(number, seed=revision) for number in (revision, 40 + revision)]
    store.apply([Change("mixed", put=put, remove=[f"f{20 + revision}"])], NOTE)


def test_segment_is_made_once_and_opened_by_others(store: SqlStore, tmp_path: Path) -> None:
    first = Worker(store, tmp_path)
    first.assert_as_stored()
    assert first.mapped().is_as_in_segment
    second = Worker(store, tmp_path)
    assert second.follower.current().is_read("mixed")
    second.assert_as_stored()
    assert (first.made, second.made) == ([1], [])


def test_segment_is_made_before_anybody_asks(store: SqlStore, tmp_path: Path) -> None:
    worker = Worker(store, tmp_path)
    assert not worker.follower.current().is_read("mixed")
    worker.follower.renew_segments()
    assert worker.follower.current().is_read("mixed")
    worker.assert_as_stored()
    assert worker.made == [1]


def test_collection_without_room_for_a_segment_is_read_when_it_is_asked_for(
    store: SqlStore, tmp_path: Path
) -> None:
    worker = Worker(store, tmp_path, max_bytes=0)
    worker.follower.renew_segments()
    assert not worker.follower.current().is_read("mixed")


def test_edits_lie_over_the_segment_in_old_workers_and_new_ones(
    store: SqlStore, tmp_path: Path
) -> None:
    old = Worker(store, tmp_path)
    for revision in range(2, 5):
        old.mapped()
        edit(store, revision)
        old.assert_as_stored()
    new = Worker(store, tmp_path)
    new.assert_as_stored()
    assert new.made == []
    assert not new.mapped().is_as_in_segment
    assert [*new.collection().fids] == [*old.collection().fids]


def test_collection_dropped_and_made_again_is_not_taken_for_the_former(
    store: SqlStore, tmp_path: Path
) -> None:
    Worker(store, tmp_path).mapped()
    store.apply([Change("mixed", drop=True)], NOTE)
    again = [feature_of(number, seed=9) for number in range(25, 5, -1)]
    store.apply([Change("mixed", put=again, collection=INFO)], NOTE)
    Worker(store, tmp_path).assert_as_stored()


def test_new_description_keeps_the_segment(store: SqlStore, tmp_path: Path) -> None:
    worker = Worker(store, tmp_path)
    worker.mapped()
    store.apply([Change("mixed", collection=INFO)], NOTE)
    described = INFO.__class__("mixed", "新", "New")
    store.apply([Change("mixed", collection=described)], NOTE)
    assert worker.mapped().is_as_in_segment
    assert worker.collection().info == described
    assert Worker(store, tmp_path).collection().info == described
    worker.assert_as_stored()


def test_store_put_back_from_a_copy_is_not_answered_from_what_came_later(
    store: SqlStore, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    with store._database.writing():
        shutil.copy(tmp_path / "store.sqlite", copy)
        shutil.copy(tmp_path / "store.sqlite-wal", f"{copy}-wal")
    edit(store, 2)
    worker = Worker(store, tmp_path)
    worker.mapped()
    put_back = open_store(f"sqlite:///{copy}")
    edit(put_back, 3)
    assert put_back.revision() == store.revision() == 2
    other = Worker(put_back, tmp_path)
    other.assert_as_stored()
    put_back.close()


def test_without_room_the_collection_is_in_memory(store: SqlStore, tmp_path: Path) -> None:
    worker = Worker(store, tmp_path, max_bytes=3_000)
    worker.assert_as_stored()
    assert not isinstance(worker.collection(), MappedCollection)
    worker.follower.renew_segments()
    assert worker.made == [1]  # not tried again soon
    assert worker.folder.nbytes == 0


def test_damaged_segment_is_made_again_while_answers_stay_right(
    store: SqlStore, tmp_path: Path
) -> None:
    Worker(store, tmp_path).mapped()
    (path,) = (tmp_path / "segments").glob("*.segment")
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.unlink()
    path.write_bytes(content)
    worker = Worker(store, tmp_path)
    worker.assert_as_stored()
    assert worker.mapped().segment.is_damaged
    worker.follower.renew_segments()
    assert not worker.mapped().segment.is_damaged
    worker.assert_as_stored()
    assert worker.made == [1]


def test_changes_become_part_of_a_segment_once_it_is_quiet(store: SqlStore, tmp_path: Path) -> None:
    clock = [0.0]
    worker = Worker(store, tmp_path)
    worker.follower._folding = Folding(now=lambda: clock[0])
    worker.mapped()
    edit(store, 2)
    snapshot = worker.follower.current()
    worker.follower.renew_segments()
    assert not worker.mapped().is_as_in_segment
    clock[0] = QUIET_S
    worker.follower.renew_segments()
    assert worker.mapped().is_as_in_segment
    worker.assert_as_stored()
    former = cast(MappedCollection, snapshot.collection("mixed"))
    assert worker.folder.revisions_of("mixed") == [2, 1]  # a snapshot still has the former
    assert len(former) == len(worker.collection())
