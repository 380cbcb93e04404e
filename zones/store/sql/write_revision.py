"""Prepared changes as one new revision, written inside the transaction given."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from zones.errors import ConflictError, UnknownCollectionError
from zones.model import CollectionInfo, Revision, RevisionNote
from zones.store.sql.prepare_changes import PreparedChange
from zones.store.sql.private_collections import was_private
from zones.store.sql.replace_feature_rows import end_all_features, put_features, remove_features
from zones.store.sql.revision_history import INFO_COLUMNS, current_number
from zones.store.sql.rows import info_of, info_row, storable, time_text
from zones.store.sql.tables import collections, revision_collections, revisions


def write_revision(
    connection: Connection,
    changes: Sequence[PreparedChange],
    *,
    note: RevisionNote,
    expected: int | None,
) -> Revision:
    """Write the changes as the next revision and return it; the caller commits.

    Features whose geometry bytes and properties are as stored are not written again; a
    collection in which nothing differs is not among the revision's collections.

    Raises
    ------
    ConflictError
        If ``expected`` is not the current revision, or a collection of the plan would end.
    UnknownCollectionError, UnknownFeatureError
    """
    current = current_number(connection)
    if expected is not None and expected != current:
        raise ConflictError(current=current, expected=expected)
    number, at, note = current + 1, datetime.now(UTC), _storable_note(note)
    row = {"number": number, "at": time_text(at), **asdict(note)}
    connection.execute(insert(revisions), row)
    touched = sorted(
        change.collection_id
        for change in changes
        if _write_change(connection, change, number=number)
    )
    if touched:
        rows = [{"revision": number, "collection": name} for name in touched]
        connection.execute(insert(revision_collections), rows)
    return Revision(number, at, note, tuple(touched))


def _storable_note(note: RevisionNote) -> RevisionNote:
    name = note.source_name
    return replace(
        note,
        who=storable(note.who),
        why=storable(note.why),
        source_name=None if name is None else storable(name),
    )


def _write_change(connection: Connection, change: PreparedChange, *, number: int) -> bool:
    """Write one change; return whether anything in the collection differs now."""
    stored = _current_info(connection, change.collection_id)
    if stored is None and change.collection is None:
        raise UnknownCollectionError(collection=change.collection_id)
    if stored is not None and change.drop:
        _drop(connection, stored, number=number)
        return True
    described = _describe(connection, stored, change.collection, number=number)
    removed = remove_features(connection, change, number=number)
    put = put_features(connection, change, number=number)
    return described or removed or put


def _current_info(connection: Connection, collection_id: str) -> CollectionInfo | None:
    query = select(*INFO_COLUMNS).where(
        collections.c.id == collection_id, collections.c.to_rev.is_(None)
    )
    row = connection.execute(query).mappings().one_or_none()
    return info_of(row) if row is not None else None


def _drop(connection: Connection, info: CollectionInfo, *, number: int) -> None:
    if info.part_of_plan:
        raise ConflictError("collection-in-plan", collection=info.id)
    end_all_features(connection, info.id, number=number)
    _end_description(connection, info.id, number=number)


def _describe(
    connection: Connection,
    stored: CollectionInfo | None,
    description: CollectionInfo | None,
    *,
    number: int,
) -> bool:
    if description is not None and description.private is None:
        description = replace(description, private=was_private(connection, description.id))
    if description is None or description == stored:
        return False
    if stored is not None:
        if stored.part_of_plan and not description.part_of_plan:
            raise ConflictError("collection-in-plan", collection=stored.id)
        _end_description(connection, stored.id, number=number)
    connection.execute(insert(collections), {**info_row(description), "from_rev": number})
    return True


def _end_description(connection: Connection, collection_id: str, *, number: int) -> None:
    current = collections.c.id == collection_id, collections.c.to_rev.is_(None)
    connection.execute(update(collections).where(*current).values(to_rev=number))
