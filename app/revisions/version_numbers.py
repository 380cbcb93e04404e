"""Versions of collections: revisions count through the whole store, versions each collection's."""

from collections import Counter
from collections.abc import Iterable

from zones.model import Revision


def versions_of(newest_first: Iterable[Revision]) -> dict[tuple[str, int], int]:
    """Return the version that each collection had by each revision that changed it, from 1.

    Parameters
    ----------
    newest_first
        All revisions of the store, or all that changed the collections asked about.
    """
    counted: Counter[str] = Counter()
    versions = {}
    for revision in reversed(list(newest_first)):
        for id_ in revision.collections:
            counted[id_] += 1
            versions[id_, revision.number] = counted[id_]
    return versions


def latest_versions(newest_first: Iterable[Revision]) -> dict[str, int]:
    """Return the version that each collection has now."""
    return dict(Counter(id_ for revision in newest_first for id_ in revision.collections))
