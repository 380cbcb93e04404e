"""The edges of many outlines, each numbered once for all that run along it.

Neighbours share an edge when they share its two vertices exactly. They find each other by
sorting all edges once, which for millions takes seconds, where a dictionary of edges takes minutes
and gigabytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Edge = tuple[tuple[float, ...], tuple[float, ...]]
"""Two neighbouring vertices (lon, lat), the lesser first, so that both sides agree on it."""
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

_AT_ONCE = 20_000  # geometries whose outlines are held beside them, to bound memory


def edges_of(geometry: BaseGeometry | None) -> Iterator[Edge]:
    """Yield the edges of a line, or of a polygon's outline; none for None and for points."""
    if geometry is None:
        return
    line = geometry.boundary if geometry.geom_type.endswith("Polygon") else geometry
    for part in shapely.get_parts(line):
        for start, end in pairwise(map(tuple, shapely.get_coordinates(part).tolist())):
            yield (start, end) if start <= end else (end, start)


@dataclass(frozen=True)
class EdgeTable:
    """Distinct edges, and which geometries run along each.

    Attributes
    ----------
    vertices
        Shape (n, 2, 2): start and end, lon and lat, of each edge.
    edge, owner
        Shape (m,): a geometry runs along an edge, each pair once; ascending by edge, then owner.
    place
        Shape (m,): where that is when the geometries are walked along, one after another.
    """

    vertices: Floats
    edge: Numbers
    owner: Numbers
    place: Numbers


def edge_table(geometries: Sequence[BaseGeometry | None]) -> EdgeTable:
    """Return the edges of lines and of polygons' outlines; points and None have none.

    An owner is a position in ``geometries``.
    """
    parts = [
        _edges_and_owners(geometries[at : at + _AT_ONCE], at)
        for at in range(0, len(geometries), _AT_ONCE)
    ]
    edges = np.concatenate([np.empty((0, 4)), *(part[0] for part in parts)])
    owner = np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)])
    del parts
    order = np.lexsort((owner, *edges.T[::-1]))
    edges, owner = edges[order], owner[order]
    new_edge = _begins(edges)
    edge = np.cumsum(new_edge) - 1
    new_pair = new_edge | _begins(owner[:, None])
    vertices = edges[new_edge].reshape(-1, 2, 2)
    return EdgeTable(vertices, edge[new_pair], owner[new_pair], order[new_pair])


def _edges_and_owners(
    geometries: Sequence[BaseGeometry | None], first_owner: int
) -> tuple[Floats, Numbers]:
    """Return every edge, shape (n, 4), the lesser vertex first, and whose it is."""
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = geometries
    areas = np.isin(shapely.get_type_id(shapes), (3, 6))
    shapes[areas] = shapely.boundary(shapes[areas])
    lines, owner = shapely.get_parts(shapes, return_index=True)
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    vertices += 0.0  # of the two zeros, which are equal, only one is left
    along = line[1:] == line[:-1]
    start, end = vertices[:-1][along], vertices[1:][along]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[turned], end[turned] = end[turned], start[turned]
    return np.hstack([start, end]), owner[line[:-1][along]] + first_owner


def _begins(rows: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return which of sorted rows differ from the one before."""
    begins = np.ones(len(rows), bool)
    begins[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return begins
