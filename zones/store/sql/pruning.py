"""Old versions of a store removed, and the room that they took."""

from zones.store.sql.audit import add_line
from zones.store.sql.database import Database
from zones.store.sql.prune import PRUNING, PrunePolicy, PruneReport, prune
from zones.store.sql.pruned_versions import oldest_stored


class Pruning:
    """Removes the features of versions that a policy lets go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def preview(self, policy: PrunePolicy) -> PruneReport:
        """Return what ``prune`` would remove."""
        with self._database.reading() as connection:
            return prune(connection, policy, only_look=True)

    def prune(self, policy: PrunePolicy, *, who: str) -> PruneReport:
        """Remove the features of versions that the policy lets go, and note it in the audit log.

        What the collections are now is not touched. The room on the disk stays with the database
        until ``compact``.

        Raises
        ------
        StoreError
        """
        with self._database.revising([PRUNING]) as connection:
            report = prune(connection, policy, only_look=False)
            if report.versions:
                reason = f"{report.versions} versions, {report.rows} rows before {report.oldest}"
                add_line(
                    connection,
                    "prune",
                    outcome="ok",
                    who=who,
                    revision=report.oldest,
                    reason=reason,
                )
            return report

    def oldest(self) -> int:
        """Return the revision from which on everything can still be read; 0 if all can."""
        with self._database.reading() as connection:
            return oldest_stored(connection)

    def nbytes(self) -> int:
        """Return what the store takes on the disk."""
        return self._database.nbytes()

    def compact(self, *, whole: bool = False) -> None:
        """Give back the room of what was pruned; see ``Database``."""
        self._database.compact(whole=whole)
