"""Versions of collections that are old enough, pruned: their features go, who made them stays."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    not_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from zones.store.sql.collection_differences import RevisionCounts, counts_of
from zones.store.sql.quotas import BYTES_OF_FEATURE
from zones.store.sql.revision_history import current_number
from zones.store.sql.rows import time_text
from zones.store.sql.tables import (
    collections,
    features,
    former_fids,
    revision_collections,
    revisions,
)

_INSERTS: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_NOTHING: Final = RevisionCounts()

PRUNING: Final = "prune versions"
"""What the lock of those who prune is called by; no collection has such an id."""

Version = tuple[str, int]
"""A collection, and a revision by which it was in that version."""


@dataclass(frozen=True, slots=True)
class PrunePolicy:
    """What is old enough to go; of several limits each must be passed.

    Attributes
    ----------
    keep
        So many revisions of the store stay readable, the current one among them; at least 1.
    before
        Revisions stay readable that were current at this moment or later.
    needed
        Versions that stay whatever their age.
    dropped_too
        Whether dropped collections go as well, which can then no longer be restored.
    """

    keep: int | None = None
    before: datetime | None = None
    needed: Collection[Version] = ()
    dropped_too: bool = False


@dataclass(frozen=True, slots=True)
class PrunedCollection:
    """What goes of a collection: versions, rows of features and their bytes."""

    id: str
    versions: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What goes, or went.

    Attributes
    ----------
    oldest
        The first revision from which on every version stays readable.
    kept
        Older versions that stay since something needs them.
    dropped
        Dropped collections that can no longer be restored.
    """

    oldest: int
    current: int
    collections: tuple[PrunedCollection, ...]
    kept: tuple[Version, ...]
    dropped: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of features."""
        return sum(each.rows for each in self.collections)

    @property
    def versions(self) -> int:
        """Versions of collections."""
        return sum(each.versions for each in self.collections)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A stored version, and the revision that ended it."""

    collection: str
    number: int
    ended: int


def prune(connection: Connection, policy: PrunePolicy, *, only_look: bool) -> PruneReport:
    """Remove what the policy lets go and return it; the caller commits.

    Parameters
    ----------
    only_look
        Whether nothing is removed.
    """
    current = current_number(connection)
    oldest = _oldest(connection, policy, current)
    ended = [version for version in _ended(connection) if version.ended <= oldest]
    last = _last_of_dropped(connection, ended)
    needed = _resolved(policy.needed, ended) | (set() if policy.dropped_too else last)
    going = [each for each in ended if (each.collection, each.number) not in needed]
    rows = _rows_of(oldest, needed)
    report = PruneReport(
        oldest=oldest,
        current=current,
        collections=tuple(_counted(connection, going, rows)),
        kept=tuple(sorted(needed)),
        dropped=tuple(sorted({name for name, _ in last - needed})),
    )
    if going and not only_look:
        _keep_counts(connection, going, oldest)
        _keep_fids(connection, rows)
        _mark(connection, going)
        connection.execute(delete(features).where(rows))
    return report


def _oldest(connection: Connection, policy: PrunePolicy, current: int) -> int:
    """Return the first revision that must stay readable."""
    limits = [current]
    if policy.keep is not None:
        limits.append(current - max(1, policy.keep) + 1)
    if policy.before is not None:
        # The first that is younger, not the last that is older: clocks may have jumped.
        younger = select(func.min(revisions.c.number)).where(
            revisions.c.at > time_text(policy.before)
        )
        limits.append((connection.scalar(younger) or current + 1) - 1)
    return max(0, min(limits))


def _ended(connection: Connection) -> list[_Ended]:
    """Return the versions that are stored and were followed by another."""
    version = revision_collections.c
    following = func.lead(version.revision).over(
        partition_by=version.collection, order_by=version.revision
    )
    query = select(version.collection, version.revision, following, version.pruned_to)
    return [
        _Ended(name, number, ended)
        for name, number, ended, pruned_to in connection.execute(query)
        if ended is not None and pruned_to is None
    ]


def _last_of_dropped(connection: Connection, ended: Iterable[_Ended]) -> set[Version]:
    """Return the last version of each collection that is dropped now."""
    query = select(collections.c.id).where(collections.c.to_rev.is_(None))
    there = set(connection.scalars(query))
    last = {each.collection: each.number for each in sorted(ended, key=lambda each: each.number)}
    newest = select(revision_collections.c.collection, func.max(revision_collections.c.revision))
    dropped = dict(connection.execute(newest.group_by(revision_collections.c.collection)).all())
    ends = {(each.collection, each.number): each.ended for each in ended}
    return {
        (name, number)
        for name, number in last.items()
        if name not in there and ends[name, number] == dropped[name]
    }


def _resolved(needed: Iterable[Version], ended: Sequence[_Ended]) -> set[Version]:
    """Return the versions that collections were in by the revisions named."""
    return {
        (each.collection, each.number)
        for name, revision in needed
        for each in ended
        if each.collection == name and each.number <= revision < each.ended
    }


def _rows_of(oldest: int, needed: Iterable[Version]) -> ColumnElement[bool]:
    """Return the condition on rows that no version needs which stays."""
    stays = (
        not_(
            and_(
                features.c.collection == name,
                features.c.from_rev <= number,
                features.c.to_rev > number,
            )
        )
        for name, number in needed
    )
    return and_(features.c.to_rev <= oldest, *stays)


def _counted(
    connection: Connection, going: Iterable[_Ended], rows: ColumnElement[bool]
) -> Iterable[PrunedCollection]:
    size: ColumnElement[int] = literal_column(BYTES_OF_FEATURE[connection.dialect.name])
    query = select(features.c.collection, func.count(), func.sum(size)).where(rows)
    found = connection.execute(query.group_by(features.c.collection))
    amounts = {name: (int(count), int(total)) for name, count, total in found}
    versions: dict[str, int] = {}
    for each in going:
        versions[each.collection] = versions.get(each.collection, 0) + 1
    for name in sorted(versions):
        yield PrunedCollection(name, versions[name], *amounts.get(name, (0, 0)))


def _keep_counts(connection: Connection, going: Iterable[_Ended], oldest: int) -> None:
    """Write down what revisions did to the collections; it is counted from the rows that go."""
    version = revision_collections.c
    words = (
        update(revision_collections)
        .where(version.collection == bindparam("name"), version.revision == bindparam("number"))
        .values({key: bindparam(f"new_{key}") for key in ("added", "changed", "removed")})
    )
    for name in sorted({each.collection for each in going}):
        uncounted = select(version.revision).where(
            version.collection == name, version.revision <= oldest, version.added.is_(None)
        )
        counts = counts_of(connection, name, first=1, last=oldest)
        rows = [
            _counts_row(name, number, counts.get(number, _NOTHING))
            for number in connection.scalars(uncounted).all()
        ]
        if rows:
            connection.execute(words, rows)


def _counts_row(name: str, number: int, counts: RevisionCounts) -> dict[str, Any]:
    return {
        "name": name,
        "number": number,
        "new_added": counts.added,
        "new_changed": counts.changed,
        "new_removed": counts.removed,
    }


def _keep_fids(connection: Connection, rows: ColumnElement[bool]) -> None:
    """Remember which features there were, and since when."""
    first = (
        select(features.c.collection, features.c.fid, func.min(features.c.from_rev))
        .where(rows)
        .group_by(features.c.collection, features.c.fid)
    )
    words = _INSERTS[connection.dialect.name](former_fids)
    known, new = former_fids.c.first_revision, words.excluded.first_revision
    words = words.from_select(["collection", "fid", "first_revision"], first)
    connection.execute(
        words.on_conflict_do_update(
            index_elements=["collection", "fid"],
            set_={"first_revision": case((new < known, new), else_=known)},
        )
    )


def _mark(connection: Connection, going: Iterable[_Ended]) -> None:
    version = revision_collections.c
    words = (
        update(revision_collections)
        .where(version.collection == bindparam("name"), version.revision == bindparam("number"))
        .values(pruned_to=bindparam("ended"))
    )
    rows = [{"name": each.collection, "number": each.number, "ended": each.ended} for each in going]
    connection.execute(words, rows)
