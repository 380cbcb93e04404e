"""Edits of single features: each checked as an import is, stored as one revision, and audited."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import anyio
import anyio.to_thread
import numpy as np
import orjson

from app.edits.check_edit_job import CheckWork
from app.edits.feature_body import GeoJSON
from app.edits.feature_unchanged_since import check_match, is_same
from app.edits.json_merge_patch import merged
from app.http.fault_status import EditRefusedError
from app.imports.import_limits import limits_of
from app.settings import Settings
from app.worker.fork_server import ForkServer
from app.worker.run_in_process import run_in_worker
from zones.crs.transform import CRS
from zones.errors import ConflictError, StoreError, ValidationError, ZonesError
from zones.geojson.geometry_text import geometry_texts
from zones.georeference.expected_place import district_outline, surroundings
from zones.ingest.check_feature import CheckedFeature, free_id
from zones.ingest.title_field import named_by_first
from zones.model import Change, CollectionInfo, Feature, Problem, RevisionNote
from zones.plan.stated_length import with_measured_length
from zones.snapshot.collection import Collection
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.store.sql.records import Key
from zones.store.sql.store import SqlStore

Verb = Literal["create", "replace", "update", "delete"]

MOST_ATTEMPTS: Final = 5
_UNNAMED: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a client wants of one feature; ``fid`` None lets us choose, for a new one."""

    verb: Verb
    collection_id: str
    fid: str | None
    document: GeoJSON
    crs: CRS
    if_match: str | None
    key: Key
    request_id: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The feature as it is stored now, and in which revision; ``notes`` tell what was not kept."""

    collection: Collection
    fid: str
    revision: int
    changed: bool
    notes: tuple[Problem, ...] = ()


class Edits:
    """Makes the edits of this process, as many at once as imports may run."""

    def __init__(
        self,
        store: SqlStore,
        follower: SnapshotFollower,
        settings: Settings,
        *,
        forked: ForkServer,
    ) -> None:
        self._store = store
        self._follower = follower
        self._forked = forked
        self._limits = limits_of(settings)
        self._limiter = anyio.CapacityLimiter(settings.max_imports)

    def prepare(self) -> None:
        """Have ready what the first edit would have to wait for; never waits itself."""
        self._forked.prepare()

    async def make(self, edit: Edit) -> Edited:
        """Return what became of the feature; a thread makes the edit."""
        return await anyio.to_thread.run_sync(self._audited, edit, limiter=self._limiter)

    def _audited(self, edit: Edit) -> Edited:
        try:
            edited = self._made(edit)
        except StoreError:
            raise
        except ZonesError as fault:
            self._note(edit, "refused", reason=f"{edit.verb} {edit.fid}: {fault.code}")
            raise
        self._note(edit, "ok", reason=f"{edit.verb} {edited.fid}", revision=edited.revision)
        return edited

    def _made(self, edit: Edit) -> Edited:
        """Make the edit, again if another change of the store came between."""
        checks = _Checks(self, edit.request_id)
        for _ in range(MOST_ATTEMPTS - 1):
            try:
                return self._noted(edit, checks)
            except ConflictError as fault:
                if fault.code != ConflictError.default_code:
                    raise
        return self._noted(edit, checks)

    def _noted(self, edit: Edit, checks: "_Checks") -> Edited:
        edited = self._attempt(edit, checks)
        return replace(edited, notes=checks.remarks)

    def _attempt(self, edit: Edit, checks: "_Checks") -> Edited:
        snapshot = self._follower.current()
        collection = snapshot.collection(edit.collection_id)
        before = None if edit.verb == "create" else collection.feature(str(edit.fid))
        if before is not None:
            check_match(
                edit.if_match,
                before,
                collection_id=edit.collection_id,
                snapshot=snapshot,
                follower=self._follower,
            )
        after = self._after(edit, before, collection, checks)
        if before is not None and after is not None and is_same(before, after):
            return _edited(collection.info, before, before.fid, snapshot.revision, changed=False)
        fid = after.fid if after is not None else str(edit.fid)
        change = _change(collection, after, fid)
        note = RevisionNote(who=edit.key.name, why=_why(edit.verb, fid))
        made = self._store.apply([change], note, expected=snapshot.revision)
        return _edited(collection.info, after, fid, made.number, changed=True)

    def _after(
        self, edit: Edit, before: Feature | None, collection: Collection, checks: "_Checks"
    ) -> Feature | None:
        if edit.verb == "delete":
            return None
        if before is None:
            fid = free_id(collection.fids) if edit.fid is None else edit.fid
            if fid in collection:
                raise ConflictError("feature-exists", fid=fid, collection=collection.info.id)
            return replace(checks.passed(edit.document, edit.crs, collection.info), fid=fid)
        document, crs = edit.document, edit.crs
        if edit.verb == "update":
            document, crs = patched(before, edit.document, crs)
        after = replace(checks.passed(document, crs, collection.info), fid=before.fid)
        return with_measured_length(after, before, collection_id=collection.info.id)

    def check(
        self, request_id: str, document: GeoJSON, crs: CRS, info: CollectionInfo
    ) -> CheckedFeature:
        """Return the feature as it may be stored, or why not."""
        work = CheckWork(
            id=request_id,
            document=document,
            fid=_UNNAMED,
            info=info,
            crs=crs,
            extent=surroundings(district_outline(self._store)),
            limits=self._limits,
        )
        return run_in_worker(work, self._forked)

    def _note(self, edit: Edit, outcome: str, *, reason: str, revision: int | None = None) -> None:
        self._store.audit.add(
            "edit",
            outcome=outcome,
            who=edit.key.name,
            key_id=edit.key.id,
            request_id=edit.request_id,
            collection=edit.collection_id,
            revision=revision,
            reason=reason[:500],
        )


class _Checks:
    """The checks of one edit: what came out last is good for another attempt at the same."""

    def __init__(self, edits: Edits, request_id: str) -> None:
        self._edits, self._request_id = edits, request_id
        self._checked_input: tuple[GeoJSON, CRS, CollectionInfo] | None = None
        self._found: CheckedFeature | None = None

    def passed(self, document: GeoJSON, crs: CRS, info: CollectionInfo) -> Feature:
        """Return the feature that passed.

        Raises
        ------
        EditRefusedError
            Naming everything that is wrong with it.
        """
        if self._found is None or self._checked_input != (document, crs, info):
            self._found = self._edits.check(self._request_id, document, crs, info)
            self._checked_input = (document, crs, info)
        if self._found.feature is None:
            raise EditRefusedError([fault_of(problem) for problem in self._found.errors])
        return self._found.feature

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What there is to say of the feature that passed, as heights that are not kept."""
        return () if self._found is None else self._found.problems


def fault_of(problem: Problem) -> ValidationError:
    """Return a problem of the feature as a fault of the request."""
    loc = ("body", "properties", problem.field) if problem.field else ("body", "geometry")
    return ValidationError(problem.code, loc=loc, **problem.params)


def patched(before: Feature, patch: GeoJSON, crs: CRS) -> tuple[GeoJSON, CRS]:
    """Return the stored feature after a merge patch, and the system that it is then in."""
    (geometry,) = geometry_texts(np.array([before.geometry], dtype=object))
    stored: GeoJSON = {
        "geometry": orjson.loads(geometry),
        "properties": dict(before.properties),
    }
    changed = patch.get("geometry")
    brings_place = isinstance(changed, dict) and (
        "coordinates" in changed or "geometries" in changed
    )
    document = merged(stored, patch)
    assert isinstance(document, dict)  # noqa: S101 - a patch that is an object makes an object
    return document, crs if brings_place else CRS.CRS84


def _change(collection: Collection, after: Feature | None, fid: str) -> Change:
    """Return the change; the first feature also tells which property names those to come."""
    info = collection.info
    if after is None:
        return Change(info.id, remove=(fid,))
    described = info if len(collection) else named_by_first(info, after)
    return Change(info.id, put=(after,), collection=None if described == info else described)


def _edited(
    info: CollectionInfo, after: Feature | None, fid: str, revision: int, *, changed: bool
) -> Edited:
    return Edited(Collection(info, revision, (after,) if after else ()), fid, revision, changed)


def _why(verb: Verb, fid: str) -> str:
    return f"{_WORDS[verb]} / {verb} {fid}"


_WORDS: Final[dict[Verb, str]] = {
    "create": "新建要素",
    "replace": "替换要素",
    "update": "修改要素",
    "delete": "删除要素",
}
