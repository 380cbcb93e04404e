"""Which collections and features a picture of the plan shows, and whose element a feature draws."""

from typing import Final

from zones.lookup.border_lines import read_borders
from zones.lookup.lookup_layers import LOOKED_IN
from zones.model import CollectionInfo
from zones.plan.planned_and_measured import COLLECTION_OF
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import recognised
from zones.snapshot.settled_by_official import applying_disputes

HIDDEN_AT_FIRST: Final = frozenset({"borders", "disputes"})
"""How well the edges are known, and where the text contradicts itself: questions of their own,
whose answers lie over the whole layout."""


def is_shown(info: CollectionInfo) -> bool:
    """Return whether maps show a collection unless asked otherwise: of one's own, if told to.

    What is uploaded may be of any size, and is nobody's wish but the uploader's.
    """
    if info.visible is not None:
        return info.visible
    return info.part_of_plan and info.id not in HIDDEN_AT_FIRST


def superseded(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what is on record and applies no longer, as collection and id: ``borders/border-s1``.

    Those are the disputed areas that official boundaries have settled, and the border pieces that
    bound nothing any more, since other boundaries were uploaded.
    """
    borders = snapshot.part(LOOKED_IN).derived(read_borders).all
    valid = {dispute.fid for dispute in snapshot.derived(applying_disputes)}
    valid |= {border.fid for border in borders if border.fid is not None}
    return tuple(
        f"{id_}/{fid}"
        for id_ in ("disputes", "borders")
        for fid in snapshot.collection_or_empty(id_).fids
        if fid not in valid
    )


def not_drawn(snapshot: Snapshot) -> frozenset[str]:
    """Return ``superseded`` as a set; use as ``snapshot.derived(not_drawn)``."""
    return frozenset(superseded(snapshot))


def elements_drawn(snapshot: Snapshot) -> dict[str, str]:
    """Return which element of the plan a feature of an uploaded layer draws.

    By collection and id, ``zones/7``; features of the seed bear the element's own id and are not
    listed.
    """
    found = {}
    for collection_id in COLLECTION_OF.values():
        features = snapshot.collection_or_empty(collection_id)
        for feature in features:
            element = recognised(feature, features.info, snapshot.plan)
            if element is not None and element.id != feature.fid:
                found[f"{collection_id}/{feature.fid}"] = element.id
    return found
