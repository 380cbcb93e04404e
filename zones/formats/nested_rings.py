"""Rings in no order -> polygons: which is a hole of which is told by containment alone."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Ring = NDArray[np.float64]


def polygon_of(rings: Sequence[Ring]) -> BaseGeometry | None:
    """Return the polygon, or several, that closed rings enclose; None without a ring.

    Parameters
    ----------
    rings
        Each of shape (n, 2), the last vertex as the first, in any direction and order.

    Notes
    -----
    A ring within an odd number of others is a hole of the smallest of them, as in the even-odd
    rule; rings that merely touch or cross lie beside each other. Parts keep the order of their
    outer rings.
    """
    if not rings:
        return None
    if len(rings) == 1:
        return Polygon(rings[0])
    parents = _parents(rings)
    depths = [_depth(at, parents) for at in range(len(rings))]
    parts = [
        Polygon(
            rings[at],
            [
                rings[hole]
                for hole, parent in enumerate(parents)
                if parent == at and depths[hole] % 2
            ],
        )
        for at in range(len(rings))
        if depths[at] % 2 == 0
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def depths_of(rings: Sequence[Ring]) -> list[int]:
    """Return within how many others each ring lies: 0 for an outline, 1 for a hole and so on."""
    parents = _parents(rings)
    return [_depth(at, parents) for at in range(len(rings))]


def _parents(rings: Sequence[Ring]) -> list[int | None]:
    """Return for each ring the smallest one that it lies in."""
    filled = [Polygon(ring) for ring in rings]
    areas = shapely.area(filled)
    tree = shapely.STRtree([shapely.box(*each.bounds) for each in filled])
    found: list[int | None] = []
    for at, ring in enumerate(rings):
        around = tree.query(shapely.box(*filled[at].bounds), predicate="within").tolist()
        around.sort(key=lambda other: (areas[other], -other))
        larger = [each for each in around if each != at and areas[each] > areas[at]]
        found.append(next((each for each in larger if _lies_in(ring, filled[each])), None))
    return found


def _lies_in(ring: Ring, area: Polygon) -> bool:
    """Return whether a ring lies in an area, which may be invalid and is not dissected therefore.

    Its vertices alone do not tell: those of what fills a notch all lie on the border.
    """
    middles = (ring[:-1] + ring[1:]) / 2
    points = np.concatenate([ring, middles, _inner_points(ring)])
    x, y = points.T
    return bool(shapely.intersects_xy(area, x, y).all())


def _inner_points(ring: Ring) -> Ring:
    inner = Polygon(ring)
    return shapely.get_coordinates(inner.point_on_surface()) if inner.is_valid else ring[:1]


def _depth(at: int, parents: Sequence[int | None]) -> int:
    depth, parent = 0, parents[at]
    while parent is not None:
        depth, parent = depth + 1, parents[parent]
    return depth
