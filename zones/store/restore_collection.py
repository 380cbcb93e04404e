"""Bringing a collection back to what it was: a new revision that equals an old one."""

from dataclasses import replace

from zones.errors import UnknownCollectionError
from zones.model import Change, CollectionInfo, Revision, RevisionNote
from zones.store.revision_diff import RevisionDiff, difference_between
from zones.store.sql.store import SqlStore


def restore(
    store: SqlStore, collection_id: str, revision: int, *, note: RevisionNote
) -> tuple[Revision | None, RevisionDiff]:
    """Make the collection what it was at ``revision``, and say what that changed.

    Features, attributes and the collection's description come back, also of a collection that
    was dropped since; whether it is private stays as it is. A feature that had ended comes last in
    the order. The revision is None, and nothing is stored, if the collection is what it was
    already.

    Raises
    ------
    UnknownRevisionError, UnknownCollectionError
        If there is no such revision, or the collection was not there then.
    ConflictError
        If the store moved on meanwhile; nothing is stored then.
    StoreError
    """
    current = store.revision()
    info = _described(store, collection_id, revision)
    now, then = store.differing(collection_id, since=current, to=revision)
    difference = difference_between(now, then)
    renewed = info if info != _described_now(store, collection_id) else None
    if not len(difference) and renewed is None:
        return None, difference
    change = Change(
        collection_id,
        put=(*difference.added, *(new for _, new in difference.changed)),
        remove=tuple(feature.fid for feature in difference.removed),
        collection=renewed,
    )
    return store.apply([change], note, expected=current), difference


def _described(store: SqlStore, collection_id: str, revision: int) -> CollectionInfo:
    for info in store.collections(revision=revision):
        if info.id == collection_id:
            return replace(info, private=None)
    raise UnknownCollectionError("collection-not-yet", collection=collection_id, revision=revision)


def _described_now(store: SqlStore, collection_id: str) -> CollectionInfo | None:
    found = (info for info in store.collections() if info.id == collection_id)
    return next((replace(info, private=None) for info in found), None)
