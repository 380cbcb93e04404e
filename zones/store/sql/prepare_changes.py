"""Changes checked and encoded, before anything is locked or written."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from zones.errors import UnknownFeatureError, ValidationError
from zones.model import Change, CollectionInfo
from zones.store.sql.rows import FeatureRow, feature_rows

_COLLECTION_ID = re.compile(r"(?!sqlite_|gpkg_|rtree_)[a-z][a-z0-9_]{0,62}")
"""Ids become names of tables and layers in exported files: nothing that SQLite reserves."""

_FID = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,255}")
"""Any text that a URL can carry, without control characters and lone surrogates."""

NO_ROWS: Final[Mapping[str, list[FeatureRow]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PreparedChange:
    """A change that is sound in itself, its features as rows."""

    collection_id: str
    put: Sequence[FeatureRow]
    remove: Sequence[str]
    collection: CollectionInfo | None
    drop: bool


def prepare_changes(
    changes: Sequence[Change], rows: Mapping[str, list[FeatureRow]] = NO_ROWS
) -> list[PreparedChange]:
    """Return the changes checked and encoded, in their order.

    Parameters
    ----------
    rows
        What ``feature_rows`` returned of a collection's change, where that was asked before.

    Raises
    ------
    ValidationError
        If an id or fid is not allowed, a collection or a fid is named twice, a change drops a
        collection and does something else to it, or properties hold what JSON cannot.
    UnknownFeatureError
        If a fid is to be removed that no feature can have.
    """
    named = Counter(change.collection_id for change in changes)
    for collection_id, times in named.items():
        if times > 1:
            raise ValidationError("collection-twice", collection=collection_id)
    return [_prepared(change, rows.get(change.collection_id)) for change in changes]


def check_collection_id(collection_id: str) -> None:
    """Refuse an id that a new collection may not have.

    Raises
    ------
    ValidationError
    """
    if not _COLLECTION_ID.fullmatch(collection_id):
        raise ValidationError("collection-name-invalid", collection=collection_id)


def _prepared(change: Change, rows: list[FeatureRow] | None) -> PreparedChange:
    _check_collection(change)
    _check_fids(change)
    return PreparedChange(
        collection_id=change.collection_id,
        put=feature_rows(change.put, collection_id=change.collection_id) if rows is None else rows,
        remove=tuple(change.remove),
        collection=change.collection,
        drop=change.drop,
    )


def _check_collection(change: Change) -> None:
    info = change.collection
    if change.drop and (info or change.put or change.remove):
        raise ValidationError("drop-and-change", collection=change.collection_id)
    if info is None:
        return
    if info.id != change.collection_id:
        raise ValidationError("collection-name-invalid", collection=change.collection_id)
    check_collection_id(info.id)


def _check_fids(change: Change) -> None:
    fids = [feature.fid for feature in change.put]
    for fid in fids:
        if not _FID.fullmatch(fid):
            raise ValidationError("fid-invalid", collection=change.collection_id, fid=repr(fid))
    for fid in change.remove:
        if not _FID.fullmatch(fid):
            raise UnknownFeatureError(collection=change.collection_id, fid=fid)
    named = Counter(fids)
    named.update(change.remove)
    if len(named) < len(fids) + len(change.remove):
        twice = next(fid for fid, times in named.items() if times > 1)
        raise ValidationError("fid-twice", collection=change.collection_id, fid=twice)
