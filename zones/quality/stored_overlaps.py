"""How features that are added to a collection lie to those that stay in it.

As among the features of one file this is remarked upon and refuses nothing, and is done in bounded
time (``zones.quality.overlapping_pairs``): only stored polygons near the new ones are looked at.
"""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.model import JSON, Feature, Problem
from zones.quality.overlapping_pairs import (
    MOST_OF_A_KIND,
    Budget,
    Geometries,
    Numbers,
    Overlap,
    Pairs,
    more,
    overlaps,
    pairs_met,
    warning_at,
)
from zones.quality.unshared_edges import with_unshared_edges

_POLYGONAL = (3, 6)


def overlaps_with_stored(
    incoming: Sequence[Feature],
    numbers: Sequence[int],
    current: Sequence[Feature],
    *,
    known: Collection[str],
) -> Iterator[Problem]:
    """Yield warnings of new polygons that overlap stored ones: both ids, the place, the area.

    Parameters
    ----------
    incoming
        The features of the file; ``numbers`` are their places in it. Those whose ids are
        ``known`` change nothing and are passed over.
    current
        The features that are stored; those that the file replaces are passed over.
    """
    incoming_ids, known = {feature.fid for feature in incoming}, frozenset(known)
    new = [at for at, feature in enumerate(incoming) if feature.fid not in known]
    try:
        yield from _found(
            [incoming[at] for at in new],
            [numbers[at] for at in new],
            [feature for feature in current if feature.fid not in incoming_ids],
        )
    except MemoryError:
        # Only remarks: that there was no room for them must not end the import.
        yield Problem("relations-no-memory", {}, "note")


def _found(
    new: Sequence[Feature], numbers: Sequence[int], stored: Sequence[Feature]
) -> Iterator[Problem]:
    coming, coming_at = _polygons(new)
    if not len(coming):
        return
    staying, staying_at = _polygons(stored)
    near = _meets(staying, shapely.total_bounds(coming))
    staying, staying_at = staying[near], staying_at[near]
    if not len(staying):
        return
    shapes, budget = np.concatenate([coming, staying]), Budget()
    pairs = _pairs_across(coming, staying, budget)
    if pairs.shape[1] > len(shapes):  # where it pays
        pairs = _not_cleared(shapes, pairs)
    found = overlaps(shapes, budget.bearable(shapes, pairs), budget)
    for overlap in found[:MOST_OF_A_KIND]:
        at = coming_at[overlap.one]
        other = stored[int(staying_at[overlap.other - len(coming)])]
        params: dict[str, JSON] = {"fid": new[int(at)].fid, "other": other.fid}
        code = "stored-twice" if _are_same(shapes, overlap) else "overlaps-stored"
        params["area_m2"] = round(overlap.area_m2, 2)
        yield warning_at(overlap.common, code, params, numbers[int(at)])
    yield from more("overlaps-stored-more", len(found))
    if budget.left_out:
        yield Problem("relations-left-out", {"count": budget.left_out}, "note")


def _are_same(shapes: Geometries, overlap: Overlap) -> bool:
    one, other = shapely.normalize(shapes[[overlap.one, overlap.other]])
    return bool(shapely.equals_exact(one, other, 0.0))


def _pairs_across(coming: Geometries, staying: Geometries, budget: Budget) -> Pairs:
    """Return the pairs whose boxes meet; stored polygons are counted on from the new ones."""
    tree = shapely.STRtree(staying)

    def query(some: Numbers) -> Pairs:
        found_at, met = tree.query(coming[some])
        return np.vstack([found_at, met + len(coming)])

    return pairs_met(np.arange(len(coming)), query, budget)


def _not_cleared(shapes: Geometries, pairs: Pairs) -> Pairs:
    """Return the pairs that edges do not clear: one has loose edges, or lies upon the other."""
    places = shapely.point_on_surface(shapes)
    one, other = pairs
    stacked = shapely.within(places[one], shapes[other]) | shapely.within(
        places[other], shapes[one]
    )
    return np.asarray(pairs[:, stacked | with_unshared_edges(shapes)[pairs].any(axis=0)])


def _meets(shapes: Geometries, bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which shapes have boxes that meet the bounds."""
    west, south, east, north = bounds
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    meets = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
    return np.asarray(meets & (boxes[:, 1] <= north) & (boxes[:, 3] >= south))


def _polygons(features: Sequence[Feature]) -> tuple[Geometries, Numbers]:
    """Return the polygons among features, and where each stands among them."""
    shapes = np.array([*(feature.geometry for feature in features), None], dtype=object)[:-1]
    at = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _POLYGONAL))
    return shapes[at], at
