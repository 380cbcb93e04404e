"""Sets of edits: all checked together, stored as one revision or not at all, and audited."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import anyio
import anyio.to_thread
import numpy as np
import orjson
import shapely

from app.edits.check_edit_set_job import CheckedCollection, CheckSetWork, CollectionCheck
from app.edits.edit_set_body import ChangeSet, CollectionEdits
from app.http.fault_status import PreconditionError
from app.imports.import_limits import limits_of
from app.settings import Settings
from app.worker.fork_server import ForkServer
from app.worker.run_in_process import run_in_worker
from zones.errors import ConflictError, PrunedRevisionError, StoreError, ZonesError
from zones.geojson.geometry_text import geometry_texts
from zones.georeference.expected_place import district_outline, surroundings
from zones.ingest.check_feature import free_id
from zones.ingest.diff_with_stored import Difference, ImportMode, compare
from zones.model import Change, Feature, RevisionNote
from zones.plan.stated_length import with_measured_length
from zones.snapshot.collection import Collection
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

MOST_AROUND: Final = 2_000
_NEAR_DEG: Final = 2e-5  # two metres: a gap is looked for between what is nearer


class EditsStaleError(PreconditionError):
    """Somebody stored another revision of a collection; ``changed`` tells what differs there."""

    def __init__(self, seen: int, revision: int, changed: Mapping[str, Difference]) -> None:
        names = ", ".join(changed)
        super().__init__("edits-moved-on", seen=seen, revision=revision, collections=names)
        self.revision = revision
        self.changed = changed


def _changed(then: Snapshot, now: Collection) -> Difference:
    try:
        before = list(then.collection_or_empty(now.info.id))
    except PrunedRevisionError:  # that it changed is all that is known
        return compare([], [], mode=ImportMode.REPLACE)
    return compare(before, list(now), mode=ImportMode.REPLACE)


@dataclass(frozen=True, slots=True)
class SetEdited:
    """What became of a set: ``revision`` None where nothing was stored; ids of new features."""

    checked: tuple[CheckedCollection, ...]
    created: Mapping[str, tuple[str, ...]]
    revision: int | None
    base: int


@dataclass(frozen=True, slots=True)
class Planned:
    """The edits of one collection with all that is needed to check them."""

    collection: Collection
    documents: Mapping[str, dict[str, Any]]
    delete: tuple[str, ...]
    created: tuple[str, ...]

    def check(self) -> CollectionCheck:
        """Return what is to be checked."""
        known = [fid for fid in self.documents if fid in self.collection]
        before = tuple(map(self.collection.feature, [*known, *self.delete]))
        return CollectionCheck(self.collection.info, self.documents, before, self._around(before))

    def _around(self, before: Iterable[Feature]) -> tuple[Feature, ...]:
        """Return the features near the edited ones that stay as they are."""
        positions = [list(_places(each.get("geometry"))) for each in self.documents.values()]
        stored = shapely.bounds([feature.geometry for feature in before]).reshape(-1, 2)
        places = np.array([*(p for each in positions for p in each), *stored.tolist()]).reshape(
            -1, 2
        )
        places = places[np.isfinite(places).all(axis=1)]
        if not len(places):
            return ()
        (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
        box = shapely.box(west - _NEAR_DEG, south - _NEAR_DEG, east + _NEAR_DEG, north + _NEAR_DEG)
        edited = {*self.documents, *self.delete}
        near = np.sort(self.collection.tree.query(box)).tolist()
        fids = [self.collection.fids[i] for i in near if self.collection.fids[i] not in edited]
        return tuple(map(self.collection.feature, fids[:MOST_AROUND]))


def _places(geometry: Any) -> Iterator[tuple[float, float]]:
    """Yield the places of a geometry that nobody has checked; what is none is passed over."""
    if isinstance(geometry, dict):
        yield from _places([geometry.get("coordinates"), geometry.get("geometries")])
    elif isinstance(geometry, list):
        match geometry:
            case [int() | float() as x, int() | float() as y, *_]:
                yield float(x), float(y)
            case _:
                for each in geometry:
                    yield from _places(each)


class EditSets:
    """Makes the sets of edits of this process, as many at once as imports may run."""

    def __init__(
        self, store: SqlStore, follower: SnapshotFollower, settings: Settings, *, forked: ForkServer
    ) -> None:
        self._store = store
        self._follower = follower
        self.forked = forked
        self._limits = limits_of(settings)
        self._limiter = anyio.CapacityLimiter(settings.max_imports)

    async def make(
        self, change_set: ChangeSet, *, seen: int, key: Key, request_id: str
    ) -> SetEdited:
        """Return what became of the set; a thread makes it.

        Parameters
        ----------
        seen
            The revision that the client has seen the collections at.

        Raises
        ------
        EditsStaleError
            If one of them changed since.
        UnknownCollectionError, UnknownFeatureError, ConflictError, SourceError
        """
        return await anyio.to_thread.run_sync(
            self._audited, change_set, seen, key, request_id, limiter=self._limiter
        )

    def _audited(self, change_set: ChangeSet, seen: int, key: Key, request_id: str) -> SetEdited:
        try:
            made = self._made(change_set, seen, key, request_id)
        except StoreError:
            raise
        except ZonesError as fault:
            if not change_set.dry_run:
                self._note(change_set, key, request_id, outcome="refused", reason=fault.code)
            raise
        if made.revision is not None:
            reason = change_set.note or "edits"
            self._note(
                change_set, key, request_id, outcome="ok", reason=reason, revision=made.revision
            )
        elif not change_set.dry_run:
            self._note(change_set, key, request_id, outcome="refused", reason="edits-refused")
        return made

    def _made(self, change_set: ChangeSet, seen: int, key: Key, request_id: str) -> SetEdited:
        snapshot = self._follower.current()
        self._check_seen(change_set, snapshot, seen)
        planned = [planned_edits(edits, snapshot) for edits in change_set.changes]
        checked = self._checked(planned, request_id)
        created = {each.collection.info.id: each.created for each in planned}
        if change_set.dry_run or any(each.is_refused for each in checked):
            return SetEdited(checked, created, None, snapshot.revision)
        changes = [change_of(*each) for each in zip(planned, checked, strict=True)]
        changes = [change for change in changes if change.put or change.remove]
        if not changes:
            return SetEdited(checked, created, snapshot.revision, snapshot.revision)
        note = RevisionNote(who=key.name, why=change_set.note or _why(changes))
        try:
            revision = self._store.apply(changes, note, expected=snapshot.revision)
        except ConflictError as fault:
            if fault.code != ConflictError.default_code:
                raise
            self._check_seen(change_set, self._follower.current(), seen)
            return self._made(change_set, seen, key, request_id)  # another collection was changed
        return SetEdited(checked, created, revision.number, snapshot.revision)

    def _check_seen(self, change_set: ChangeSet, snapshot: Snapshot, seen: int) -> None:
        collections = [snapshot.collection(each.collection_id) for each in change_set.changes]
        stale = [each for each in collections if each.revision > seen]
        if not stale and seen <= snapshot.revision:
            return
        then = self._follower.at(min(seen, snapshot.revision))
        changed = {each.info.id: _changed(then, each) for each in stale}
        raise EditsStaleError(seen, snapshot.revision, changed)

    def _checked(
        self, planned: Iterable[Planned], request_id: str
    ) -> tuple[CheckedCollection, ...]:
        work = CheckSetWork(
            id=request_id,
            collections=tuple(each.check() for each in planned),
            extent=surroundings(district_outline(self._store)),
            limits=self._limits,
        )
        return run_in_worker(work, self.forked)

    def _note(
        self,
        change_set: ChangeSet,
        key: Key,
        request_id: str,
        *,
        outcome: str,
        reason: str,
        revision: int | None = None,
    ) -> None:
        for edits in change_set.changes:  # who looks for one collection finds each that was edited
            self._store.audit.add(
                "edit",
                outcome=outcome,
                who=key.name,
                key_id=key.id,
                request_id=request_id,
                collection=edits.collection_id,
                revision=revision,
                reason=reason[:500],
            )


def planned_edits(edits: CollectionEdits, snapshot: Snapshot) -> Planned:
    """Return the edits of a collection with whole documents and ids for new features.

    Raises
    ------
    UnknownCollectionError, UnknownFeatureError
    """
    collection = snapshot.collection(edits.collection_id)
    for fid in edits.delete:
        collection.index_of(fid)
    documents: dict[str, dict[str, Any]] = {}
    created: list[str] = []
    for document in edits.put:
        fid = str(document["id"]) if "id" in document else free_id([*collection.fids, *created])
        if fid in collection:
            documents[fid] = _whole(document, collection.feature(fid))
        else:
            created.append(fid)
            documents[fid] = {name: document.get(name) for name in ("geometry", "properties")}
    return Planned(collection, documents, edits.delete, tuple(created))


def _whole(changes: Mapping[str, Any], stored: Feature) -> dict[str, Any]:
    """Return a feature's document with what is stored where the edit says nothing."""
    document = dict(changes)
    if "geometry" not in changes:
        (geometry,) = geometry_texts(np.array([stored.geometry], dtype=object))
        document["geometry"] = orjson.loads(geometry)
    if "properties" not in changes:
        document["properties"] = dict(stored.properties)
    return document


def change_of(planned: Planned, checked: CheckedCollection) -> Change:
    """Return the change of one collection, without features that stay as they are."""
    put = [_restated(planned, replace(f, fid=fid)) for fid, f in checked.checked.features.items()]
    known = [planned.collection.feature(f.fid) for f in put if f.fid in planned.collection]
    same = set(compare(known, put, mode=ImportMode.UPSERT).unchanged)
    changed = tuple(feature for feature in put if feature.fid not in same)
    return Change(planned.collection.info.id, put=changed, remove=planned.delete)


def _restated(planned: Planned, after: Feature) -> Feature:
    info = planned.collection.info
    if after.fid not in planned.collection:
        return after
    before = planned.collection.feature(after.fid)
    return with_measured_length(after, before, collection_id=info.id)


def _why(changes: Iterable[Change]) -> str:
    counts = [(change.collection_id, len(change.put) + len(change.remove)) for change in changes]
    listed = ", ".join(f"{name}: {count}" for name, count in counts)
    return f"在图上编辑 / edited on the map ({listed})"
