"""What the rims of a cover tell of the polygons in it, without a look at the polygons.

Where every polygon's edges but those of the rim are shared once, in opposite directions, they
cancel each other out, and how many polygons lie upon a place is the number of times that the rim
winds around it. If the rim encloses as much as the polygons have in all, that is once everywhere.
"""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.quality.overlapping_pairs import Budget, Geometries, Pairs, pairs_met
from zones.quality.unshared_edges import UnsharedEdges

MOST_EDGES: Final = 20_000
"""A longer rim is a file whose polygons hardly share any edges: nothing is to be won."""
_SHARPEST_COS: Final = float(np.cos(np.radians(10)))
_ROUNDING: Final = 1e-9
_AT_ONCE: Final = 256
_MOST_IN_A_PLACE: Final = 8


def covers_once(shapes: Geometries, areas: NDArray[np.float64], rim: UnsharedEdges) -> bool:
    """Return whether it is sure that no polygon lies upon one that has no loose edges.

    Otherwise they must be looked at one by one.
    """
    if not 0 < len(rim.owner) <= MOST_EDGES:
        return False
    vertices = rim.vertices(shapes)
    lines = shapely.linestrings(vertices)
    if not _meet_in_ends_alone(lines, vertices):
        return False
    enclosed = shapely.area(shapely.build_area(shapely.multilinestrings(lines)))
    # A polygon too many counts with all its area; what is as small as rounding cannot be told.
    least = max(areas.min() / 2, 0.0)
    surplus = abs(float(areas.sum() - enclosed))
    return bool(surplus < least and areas.sum() * _ROUNDING < least)


def gaping_pairs(shapes: Geometries, rim: UnsharedEdges, distance: float, budget: Budget) -> Pairs:
    """Return the pairs of polygons whose loose edges come near each other other than at a corner.

    Edges that meet in a vertex, at an angle of ten degrees or more, leave no narrow gap.
    """
    vertices = rim.vertices(shapes)
    lines = shapely.linestrings(vertices)
    tree = shapely.STRtree(lines)

    def query(some: NDArray[np.int64]) -> Pairs:
        found: Pairs = tree.query(lines[some], predicate="dwithin", distance=distance)
        return found

    near = pairs_met(np.arange(len(lines)), query, budget)
    near = near[:, rim.owner[near[0]] != rim.owner[near[1]]]
    near = near[:, ~_form_a_corner(vertices[near[0]], vertices[near[1]])]
    return np.unique(np.sort(rim.owner[near].astype(np.int64), axis=0), axis=1)


def _meet_in_ends_alone(lines: Geometries, vertices: NDArray[np.float64]) -> bool:
    """Return whether edges neither cross nor run along each other, and few meet in one place."""
    tree = shapely.STRtree(lines)
    for start in range(0, len(lines), _AT_ONCE):
        found_at, met = tree.query(lines[start : start + _AT_ONCE], predicate="intersects")
        one = found_at + start
        if len(one) > _MOST_IN_A_PLACE * _AT_ONCE:
            return False
        others = one != met
        if not _form_a_corner(vertices[one[others]], vertices[met[others]]).all():
            return False
    return True


def _form_a_corner(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which edges, shape (n, 2, 2), meet in an end of both at no sharp angle."""
    corner = np.zeros(len(one), bool)
    for end in (0, 1):
        for begin in (0, 1):
            meet = (one[:, end] == other[:, begin]).all(axis=1)
            away = one[:, 1 - end] - one[:, end]
            back = other[:, 1 - begin] - other[:, begin]
            lengths = np.linalg.norm(away, axis=1) * np.linalg.norm(back, axis=1)
            corner |= meet & ((away * back).sum(axis=1) < _SHARPEST_COS * lengths)
    return corner
