"""Whether a feature still is what a client that changes it has seen (RFC 9110, 13.1.1)."""

from typing import Final

from app.http.fault_status import PreconditionError
from app.http.if_match import seen_revisions
from zones.errors import PrunedRevisionError, UnknownCollectionError, UnknownFeatureError
from zones.ingest.diff_with_stored import ImportMode, compare
from zones.model import Feature
from zones.snapshot.current_snapshot import SnapshotFollower
from zones.snapshot.model import Snapshot

MOST_TAGS: Final = 4
"""Each may need a former revision to be read."""


def check_match(
    if_match: str | None,
    feature: Feature,
    *,
    collection_id: str,
    snapshot: Snapshot,
    follower: SnapshotFollower,
) -> None:
    """Refuse an edit of a feature that changed after the revision that ``If-Match`` names.

    Changes of other features do not matter.

    Raises
    ------
    PreconditionError
    """
    seen = seen_revisions(if_match)
    if seen is None:
        return
    changed = snapshot.collection(collection_id).revision
    if any(changed <= number <= snapshot.revision for number in seen):
        return
    for number in seen[:MOST_TAGS]:
        if 1 <= number < changed and _was(feature, collection_id, follower.at(number)):
            return
    raise PreconditionError("feature-moved-on", fid=feature.fid, collection=collection_id)


def is_same(one: Feature, other: Feature) -> bool:
    """Return whether putting one feature in the place of the other would change nothing."""
    return compare([one], [other], mode=ImportMode.UPSERT).is_empty


def _was(feature: Feature, collection_id: str, then: Snapshot) -> bool:
    try:
        return is_same(then.collection(collection_id).feature(feature.fid), feature)
    except (UnknownCollectionError, UnknownFeatureError, PrunedRevisionError):
        return False
