"""The segment of a large collection stands when the revision that needs it is committed."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.imports.segment_of_import import applying
from tests.toy import toy_plan
from tests.zones.snapshot.test_mapped_collection import INFO, assert_same, feature_of, features_of
from zones.errors import ConflictError, SourceError
from zones.model import Change, Feature, Revision, RevisionNote
from zones.segment_files.segment_folder import SegmentFolder
from zones.snapshot.collection_loader import CollectionLoader
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.mapped_collection import MappedCollection
from zones.store.open_store import open_store
from zones.store.sql.rows import FeatureRow, feature_rows
from zones.store.sql.store import SqlStore

NOTE = RevisionNote("test", "test")


@pytest.fixture(autouse=True)
def few_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zones.snapshot.current_snapshot.LARGE", "app.imports.segment_of_import.LARGE"):
        monkeypatch.setattr(name, 5)
    monkeypatch.setattr("app.imports.segment_of_import.MOST_CHANGED", 10)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield store
    store.close()


def rows_of(change: Change) -> list[FeatureRow]:
    return feature_rows(change.put, collection_id=change.collection_id)


class Importer:
    """Commits changes as an import does."""

    def __init__(self, store: SqlStore, path: Path, *, max_bytes: int = 2**30) -> None:
        self.store = store
        self.folder = SegmentFolder(path / "segments", max_bytes=max_bytes)
        self.cancelled = threading.Event()

    def put(self, features: Sequence[Feature], remove: Sequence[str] = ()) -> Revision:
        current = self.store.revision()
        info = None if current else INFO
        apply = applying(self.store, self.folder, self.cancelled)
        change = Change("mixed", put=features, remove=remove, collection=info)
        return apply(self.store, change, rows_of(change), NOTE, current, None)

    def assert_served(self, segment_of: int) -> None:
        """Compare what a worker serves with what is stored; it has no segment made."""
        loader = CollectionLoader(self.store, self.folder, self._never)
        served = SnapshotFollower(self.store, toy_plan(), loader).current().collection("mixed")
        stored = SnapshotFollower(self.store, toy_plan()).current().collection("mixed")
        assert isinstance(served, MappedCollection)
        assert served.segment.revision == segment_of
        assert_same(served, stored)

    def left(self) -> list[str]:
        return sorted(each.suffix for each in self.folder.path.glob("*"))

    @staticmethod
    def _never(collection_id: str, revision: int) -> None:
        raise AssertionError(f"{collection_id} {revision}")


def test_new_collection_is_served_from_its_segment_at_once(store: SqlStore, tmp_path: Path) -> None:
    importer = Importer(store, tmp_path)
    importer.put(features_of(20))
    importer.assert_served(1)
    (file,) = importer.folder.path.glob("*.segment")
    assert not file.stat().st_mode & 0o222


def test_replaced_kept_and_new_features_stand_as_they_are_stored(
    store: SqlStore, tmp_path: Path
) -> None:
    importer = Importer(store, tmp_path)
    importer.put(features_of(20))
    changed = [feature_of(number, seed=1) for number in (25, 3, 1, 7, 24, 9)]
    importer.put([*changed, feature_of(4)], [f"f{number}" for number in (0, 5, 19, 18)])
    importer.assert_served(2)


def test_few_changes_lie_over_the_segment_there_is(store: SqlStore, tmp_path: Path) -> None:
    importer = Importer(store, tmp_path)
    importer.put(features_of(20))
    importer.put([feature_of(number, seed=1) for number in range(15, 22)])
    importer.assert_served(1)


def test_commit_that_fails_leaves_no_segment(store: SqlStore, tmp_path: Path) -> None:
    importer = Importer(store, tmp_path)
    apply = applying(store, importer.folder, importer.cancelled)
    change = Change("mixed", put=features_of(20), collection=INFO)
    with pytest.raises(ConflictError):
        apply(store, change, rows_of(change), NOTE, 7, None)
    importer.cancelled.set()
    with pytest.raises(SourceError):
        importer.put(features_of(20))
    assert importer.left() == []
    assert store.revision() == 0


def test_import_without_room_for_a_segment_is_stored(store: SqlStore, tmp_path: Path) -> None:
    importer = Importer(store, tmp_path, max_bytes=1_000)
    importer.put(features_of(20))
    assert importer.left() == []
    assert len(store.features("mixed", revision=1)) == 20


def test_drafts_of_processes_that_were_killed_are_swept(tmp_path: Path) -> None:
    (tmp_path / "9-0.draft").write_bytes(b"")
    SegmentFolder(tmp_path, max_bytes=1).sweep([])
    assert not [*tmp_path.iterdir()]
