"""Prepared changes as one new revision, written inside the transaction given.

Where several may write at once, each to collections of its own, features are written first, under
the number that would be next; whoever comes to the end takes the number that is next by then.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, update

from zones.errors import ConflictError, UnknownCollectionError
from zones.model import CollectionInfo, Revision, RevisionNote
from zones.store.sql.prepare_changes import PreparedChange
from zones.store.sql.private_collections import was_private
from zones.store.sql.replace_feature_rows import (
    end_all_features,
    put_features,
    remove_features,
    renumber_features,
)
from zones.store.sql.revision_history import INFO_COLUMNS, current_number
from zones.store.sql.rows import info_of, info_row, storable, time_text
from zones.store.sql.tables import collections, revision_collections, revisions


def write_revision(
    connection: Connection,
    changes: Sequence[PreparedChange],
    *,
    note: RevisionNote,
    expected: int | None,
    take_number: Callable[[Connection], None] | None,
) -> Revision:
    """Write the changes as the next revision and return it; the caller commits.

    Features whose geometry bytes and properties are as stored are not written again; a
    collection in which nothing differs is not among the revision's collections.

    Parameters
    ----------
    take_number
        From its call to the commit no other writer gets a number; None if there is no other
        writer of any collection.

    Raises
    ------
    ConflictError
        If one of the collections was changed after ``expected``, or one of the plan would end.
    UnknownCollectionError, UnknownFeatureError
    """
    current = current_number(connection)
    names = [change.collection_id for change in changes]
    _check_expected(connection, names, expected, current)
    next_number = current + 1
    if take_number is None:
        revision = _begun(connection, next_number, note)
        written = _written(connection, changes, number=next_number)
    else:
        written = _written(connection, changes, number=next_number)
        take_number(connection)
        number = current_number(connection) + 1
        if expected == 0:
            _check_expected(connection, names, expected, number - 1)
        if number != next_number:
            renumber_features(connection, names, former=next_number, number=number)
        revision = _begun(connection, number, note)
    touched = _described(connection, changes, written, number=revision.number)
    if touched:
        rows = [{"revision": revision.number, "collection": name} for name in touched]
        connection.execute(insert(revision_collections), rows)
    return replace(revision, collections=tuple(touched))


def _check_expected(
    connection: Connection, names: Sequence[str], expected: int | None, current: int
) -> None:
    """Refuse changes of collections that are no longer as somebody has seen them.

    Who has seen an empty store expects it to be so still.
    """
    if expected is None or expected == current:
        return
    if not 0 < expected < current:
        raise ConflictError(current=current, expected=expected)
    changed = select(func.max(revision_collections.c.revision)).where(
        revision_collections.c.collection.in_(names), revision_collections.c.revision > expected
    )
    latest = connection.scalar(changed)
    if latest is not None:
        raise ConflictError(current=latest, expected=expected)


def _begun(connection: Connection, number: int, note: RevisionNote) -> Revision:
    at, note = datetime.now(UTC), _storable_note(note)
    row = {"number": number, "at": time_text(at), **asdict(note)}
    connection.execute(insert(revisions), row)
    return Revision(number, at, note, ())


def _storable_note(note: RevisionNote) -> RevisionNote:
    name = note.source_name
    return replace(
        note,
        who=storable(note.who),
        why=storable(note.why),
        source_name=None if name is None else storable(name),
    )


def _written(connection: Connection, changes: Iterable[PreparedChange], *, number: int) -> set[str]:
    """Write the features of the changes; return the collections in which any differ now."""
    return {
        change.collection_id
        for change in changes
        if _write_features(connection, change, number=number)
    }


def _write_features(connection: Connection, change: PreparedChange, *, number: int) -> bool:
    stored = _current_info(connection, change.collection_id)
    if stored is None and change.collection is None:
        raise UnknownCollectionError(collection=change.collection_id)
    if stored is not None and change.drop:
        if stored.part_of_plan:
            raise ConflictError("collection-in-plan", collection=stored.id)
        end_all_features(connection, stored.id, number=number)
        return True
    removed = remove_features(connection, change, number=number)
    put = put_features(connection, change, number=number)
    return removed or put


def _described(
    connection: Connection, changes: Iterable[PreparedChange], written: set[str], *, number: int
) -> list[str]:
    """Write the descriptions; return the collections in which anything differs, in order."""
    touched = set(written)
    for change in changes:
        stored = _current_info(connection, change.collection_id)
        if stored is not None and change.drop:
            _end_description(connection, stored.id, number=number)
        elif _describe(connection, stored, change.collection, number=number):
            touched.add(change.collection_id)
    return sorted(touched)


def _current_info(connection: Connection, collection_id: str) -> CollectionInfo | None:
    query = select(*INFO_COLUMNS).where(
        collections.c.id == collection_id, collections.c.to_rev.is_(None)
    )
    row = connection.execute(query).mappings().one_or_none()
    return info_of(row) if row is not None else None


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
