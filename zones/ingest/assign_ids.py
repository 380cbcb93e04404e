"""Ids for features that came without one."""

from collections.abc import Sequence

from zones.ingest.diff import ImportMode
from zones.ingest.wire_features import ReadFeature
from zones.model import Feature


def assign_ids(
    features: Sequence[ReadFeature], current: Sequence[Feature], *, mode: ImportMode
) -> list[Feature]:
    """Return the features with running numbers for ids where they have none.

    Numbers begin at 1, so that a file imported again keeps its ids; in an append they go on after
    the highest in the collection. Ids in use are passed over.
    """
    taken = {feature.fid for feature in features if feature.fid is not None}
    following = 1
    if mode == ImportMode.APPEND:
        numbers = [int(item.fid) for item in current if item.fid.isascii() and item.fid.isdigit()]
        following = max(numbers, default=0) + 1
        taken |= {feature.fid for feature in current}
    named = []
    for feature in features:
        fid = feature.fid
        while fid is None:
            fid = None if str(following) in taken else str(following)
            following += 1
        named.append(Feature(fid, feature.geometry, feature.properties))
    return named
