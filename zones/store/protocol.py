"""What keeps features and their history: the protocol, and the way to open one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from zones.model import Change, CollectionInfo, Delta, Feature, Revision, RevisionNote
from zones.store.sql.prepare_changes import NO_ROWS
from zones.store.sql.records import ImportEnd
from zones.store.sql.rows import FeatureRow


class Store(Protocol):
    """A log of revisions that can be asked for any of them.

    A change is one transaction and one revision: whole or not at all, also after a crash.
    All methods may be called from any thread.
    """

    def revision(self) -> int:
        """Return the number of the current revision; 0 for an empty store. Costs microseconds.

        Revisions of other machines may be seen a moment late, those of this one are not.
        """
        ...

    def collections(self, *, revision: int | None = None) -> tuple[CollectionInfo, ...]:
        """Return the collections as of ``revision`` (default: current), in their order."""
        ...

    def features(self, collection_id: str, *, revision: int | None = None) -> list[Feature]:
        """Return the features of a collection as of ``revision``, in the order first stored.

        Raises
        ------
        UnknownCollectionError, UnknownRevisionError
        """
        ...

    def first_revisions(self, collection_id: str) -> dict[str, int]:
        """Return every fid that a collection ever had, and the revision that first stored it."""
        ...

    def delta(self, since: int, *, most: int | None = None) -> Delta:
        """Return what changed after revision ``since`` (0: everything), read in one transaction.

        Collections of which more than ``most`` features are new or changed are not read.
        """
        ...

    def apply(
        self,
        changes: Sequence[Change],
        note: RevisionNote,
        *,
        expected: int | None = None,
        ending: ImportEnd | None = None,
        rows: Mapping[str, list[FeatureRow]] = NO_ROWS,
    ) -> Revision:
        """Commit the changes as one revision and return it once it is durable.

        The end of the import that brings them is told in the same transaction. ``rows`` are what is
        put into a collection, where it is encoded already.

        Raises
        ------
        ConflictError
            If one of the collections was changed after ``expected``, or if that is 0 and the store
            is no longer empty.
        UnknownCollectionError
            If a change names a collection that does not exist and does not make it.
        SourceError
            If the import was told to have ended before.
        StoreError
            If the store is full, locked or damaged; nothing is changed then.
        """
        ...

    def revisions(self, collection_id: str | None = None) -> list[Revision]:
        """Return the revisions, newest first; only those touching the collection when given."""
        ...

    def close(self) -> None:
        """Release connections; the store cannot be used afterwards."""
        ...
