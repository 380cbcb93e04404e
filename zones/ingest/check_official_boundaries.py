"""Whether official boundaries are of the features that the plan knows."""

from collections.abc import Iterable, Sequence
from typing import Final

from zones.ingest.diff_with_stored import Difference
from zones.model import JSON, CollectionInfo, Feature, Problem
from zones.properties.feature_name import feature_name

_NAMED: Final = 5


def unlike_the_plan(
    info: CollectionInfo,
    current: Sequence[Feature],
    incoming: Sequence[Feature],
    difference: Difference,
) -> list[Problem]:
    """Return warnings that name features unknown to the plan, and those that would go.

    The plan's figures, sites and texts belong to its features by their ids: those of one that is
    left out have no area any more, and one that is new has none of them.
    """
    found = (
        ("official-unknown", difference.added, incoming),
        ("official-missing", difference.removed, current),
    )
    return [
        Problem(code, {"count": len(fids), "names": _names(fids, features, info)}, "warning")
        for code, fids, features in found
        if fids and current
    ]


def _names(fids: Sequence[str], features: Iterable[Feature], info: CollectionInfo) -> JSON:
    named = {each.fid: feature_name(each.properties, info.title_field) for each in features}
    more = "、…" if len(fids) > _NAMED else ""
    return "、".join(named[fid] or fid for fid in fids[:_NAMED]) + more
