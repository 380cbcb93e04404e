"""The store in a database: asked and changed; ``zones.store.open_store`` opens it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from zones.errors import SourceError, StoreError
from zones.model import Change, CollectionInfo, Delta, Feature, Revision, RevisionNote
from zones.store.sql.accounts import Accounts
from zones.store.sql.api_keys import Keys
from zones.store.sql.audit import Audit
from zones.store.sql.collection_delta import changes_between, each_feature
from zones.store.sql.collection_differences import RevisionCounts, counts_of, differing_features
from zones.store.sql.database import Database
from zones.store.sql.delta_since_revision import delta_since
from zones.store.sql.field_mappings import Mappings
from zones.store.sql.health import Health, Readiness
from zones.store.sql.import_jobs import Imports, change_running
from zones.store.sql.prepare_changes import NO_ROWS, prepare_changes
from zones.store.sql.private_collections import ever_described, private_collections
from zones.store.sql.provider_accounts import ProviderAccounts
from zones.store.sql.pruning import Pruning
from zones.store.sql.quotas import Quotas, check_quotas
from zones.store.sql.records import ImportEnd
from zones.store.sql.revision_history import (
    collections_at,
    committed_at,
    features_at,
    first_revisions_of,
    made_at,
    revisions_after,
    revisions_of,
)
from zones.store.sql.rights import Rights
from zones.store.sql.rows import FeatureRow
from zones.store.sql.sessions import Sessions
from zones.store.sql.write_revision import write_revision


class SqlStore:
    """A ``zones.store.protocol.Store`` in a database; see there for what each method promises.

    Attributes
    ----------
    keys, accounts, provider_accounts, sessions, rights, imports, mappings, audit
        What is kept beside the features.
    pruning
        What removes versions that are old enough.
    quotas
        How much there may be.
    """

    def __init__(self, database: Database, quotas: Quotas) -> None:
        self._database = database
        self.quotas = quotas
        self._watch = database.watch()
        self._health = Health(database)
        self.keys = Keys(database)
        self.accounts = Accounts(database)
        self.provider_accounts = ProviderAccounts(database, self.accounts)
        self.sessions = Sessions(database, self.keys, self.accounts)
        self.rights = Rights(database)
        self.imports = Imports(database)
        self.mappings = Mappings(database)
        self.audit = Audit(database)
        self.pruning = Pruning(database)

    def revision(self) -> int:
        """Return the number of the current revision; 0 for an empty store."""
        return self._watch.revision()

    def collections(self, *, revision: int | None = None) -> tuple[CollectionInfo, ...]:
        """Return the collections as of ``revision`` (default: current), by ``order`` and id.

        Raises
        ------
        UnknownRevisionError
        """
        with self._database.reading() as connection:
            return collections_at(connection, revision)

    def private_collections(self) -> frozenset[str]:
        """Return the ids of all that is private, or was when it was dropped."""
        with self._database.reading() as connection:
            return private_collections(connection)

    def known_collections(self) -> frozenset[str]:
        """Return the ids of all collections that there are or ever were."""
        with self._database.reading() as connection:
            return ever_described(connection)

    def features(self, collection_id: str, *, revision: int | None = None) -> list[Feature]:
        """Return the features of a collection as of ``revision``, in the order first stored.

        Raises
        ------
        UnknownCollectionError, UnknownRevisionError
        """
        with self._database.reading() as connection:
            return features_at(connection, collection_id, revision=revision)

    def first_revisions(self, collection_id: str) -> dict[str, int]:
        """Return every fid that a collection ever had, and the revision that first stored it."""
        with self._database.reading() as connection:
            return first_revisions_of(connection, collection_id)

    def each_feature(self, collection_id: str, *, revision: int) -> Iterator[Feature]:
        """Yield what ``features`` returns, without holding all of it; nothing of an unknown one.

        What is written to the store meanwhile makes its log longer.
        """
        with self._database.reading() as connection:
            yield from each_feature(connection, collection_id, revision=revision)

    def changes_between(
        self, collection_id: str, *, since: int, to: int, most: int
    ) -> tuple[list[Feature], list[str]] | None:
        """Return what was put into a collection and what was removed; None if that is much.

        See ``zones.store.sql.collection_delta.changes_between``.
        """
        with self._database.reading() as connection:
            return changes_between(connection, collection_id, since=since, to=to, most=most)

    def delta(self, since: int, *, most: int | None = None) -> Delta:
        """Return what changed after revision ``since``; see ``delta.delta_since``.

        Raises
        ------
        UnknownRevisionError
        """
        with self._database.reading() as connection:
            return delta_since(connection, since, most=most)

    def apply(
        self,
        changes: Sequence[Change],
        note: RevisionNote,
        *,
        expected: int | None = None,
        ending: ImportEnd | None = None,
        before_commit: Callable[[Revision], None] | None = None,
        rows: Mapping[str, list[FeatureRow]] = NO_ROWS,
    ) -> Revision:
        """Commit the changes as one revision and return it once it is durable.

        Parameters
        ----------
        ending
            The import that brings them: its end is told in the same transaction.
        before_commit
            Called last within the transaction, which it should not keep open for long.
        rows
            What is put into a collection, where it is encoded already.

        Raises
        ------
        ConflictError
            If one of the collections was changed after ``expected`` (0: if the store is no longer
            empty), or a collection of the plan is dropped.
        ValidationError
            If a change is not sound in itself; see
            ``zones.store.sql.prepare_changes.prepare_changes``.
        UnknownCollectionError, UnknownFeatureError
            If a change names what is not there.
        QuotaError
            If a collection would hold too much; ``StoreError`` if the store would.
        SourceError
            If the import was told to have ended before; nothing is stored then.
        StoreError
        """
        prepared = prepare_changes(changes, rows)
        database = self._database
        columns = database.columns_of(prepared)
        with database.revising([change.collection_id for change in prepared]) as connection:
            revision = write_revision(
                connection,
                prepared,
                note=note,
                expected=expected,
                take_number=None if database.has_one_writer else database.take_number,
            )
            check_quotas(connection, prepared, self.quotas, number=revision.number)
            database.show(connection, prepared, columns)
            if ending and not change_running(connection, ending.id, ending.fields(revision.number)):
                raise SourceError("import-interrupted")
            if before_commit is not None:
                before_commit(revision)
            return revision

    def revisions(self, collection_id: str | None = None) -> list[Revision]:
        """Return the revisions, newest first; only those that changed the collection if given."""
        with self._database.reading() as connection:
            return revisions_of(connection, collection_id)

    def revisions_after(self, number: int, *, most: int) -> list[Revision]:
        """Return the revisions after one, oldest first, so many at most."""
        with self._database.reading() as connection:
            return revisions_after(connection, number, most=most)

    def time_of_revision(self, number: int) -> datetime | None:
        """Return when a revision was committed, None if there is none of that number."""
        with self._database.reading() as connection:
            return committed_at(connection, number)

    def time_of_making(self, collection_id: str) -> datetime | None:
        """Return when a collection was made, None if there never was one of that id."""
        with self._database.reading() as connection:
            return made_at(connection, collection_id)

    def revision_counts(
        self, collection_id: str, *, first: int, last: int
    ) -> Mapping[int, RevisionCounts]:
        """Return how many features each revision from ``first`` to ``last`` touched, if any."""
        with self._database.reading() as connection:
            return counts_of(connection, collection_id, first=first, last=last)

    def differing(
        self, collection_id: str, *, since: int, to: int
    ) -> tuple[list[Feature], list[Feature]]:
        """Return what a collection holds at ``since`` only and at ``to`` only.

        See ``zones.store.sql.collection_differences.differing_features``; revision 0 is before
        everything.

        Raises
        ------
        UnknownCollectionError, UnknownRevisionError
        """
        with self._database.reading() as connection:
            return differing_features(connection, collection_id, since=since, to=to)

    def show_all(self) -> tuple[str, ...]:
        """Make anew what desktop GIS sees of the collections in the database; return their ids.

        Raises
        ------
        StoreError
            If the store is in a file.
        """
        return self._database.show_all()

    def make_reader(self, role: str) -> str | None:
        """Let a user of the database see what is public; return a new one's password.

        Raises
        ------
        StoreError
            If the store is in a file, or the user may not be made.
        """
        return self._database.make_reader(role)

    def ready(self) -> Readiness:
        """Return whether the store can answer, and if not, why."""
        try:
            self._watch.revision()  # which tells soon of a network that answers nothing
        except StoreError as error:
            return self._health.lost(error.code)
        return self._health.readiness()

    def migrate(self) -> None:
        """Bring the tables up to date; ``open_store`` has done so already."""
        self._database.migrate()

    def close(self) -> None:
        """Release connections; every later call raises ``StoreError``."""
        self._watch.close()
        self._database.close()
