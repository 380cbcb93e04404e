"""Shapes: the geometries of a collection laid out on a tile grid, ready to be cut into tiles.

The unit of ``x`` and ``y`` is the side of a tile of zoom 0; x grows eastwards and y southwards
from the grid's north-west corner. Shapes are made once for a collection and a grid.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from zones.crs.transform import from_storage_xy
from zones.ragged_arrays import Flags, Integers, kept_offsets, offsets_of, ranges, run_starts
from zones.segment_files.packed_rtree import PackedTree, packed
from zones.tiles.paths import LEAST_VERTICES, Floats, Geometries, GeomType, Paths, paths_from
from zones.tiles.simplify import Weights, vertex_weights
from zones.tiles.tile_matrix_sets import TileMatrixSet

LEAST_UNITS: Final = 1.0
"""A line or polygon that is smaller than this, in units of the tile both ways, is not drawn."""
MANY: Final = 20_000
"""Shapes that get a spatial index; to look at the bounds of fewer takes some hundredths of a
millisecond."""
_MUCH: Final = 0.25
"""Of the extent of all shapes: in so large a window they are looked at one by one."""

_PLAIN = shapely.GeometryType
# A linear ring is drawn as a line.
_SIMPLE_TYPES: Final = {
    GeomType.POINT: (_PLAIN.POINT,),
    GeomType.LINE: (_PLAIN.LINESTRING, _PLAIN.LINEARRING),
    GeomType.POLYGON: (_PLAIN.POLYGON,),
}
_PARTED_TYPES: Final = {
    GeomType.POINT: (_PLAIN.MULTIPOINT, _PLAIN.GEOMETRYCOLLECTION),
    GeomType.LINE: (_PLAIN.MULTILINESTRING, _PLAIN.GEOMETRYCOLLECTION),
    GeomType.POLYGON: (_PLAIN.MULTIPOLYGON, _PLAIN.GEOMETRYCOLLECTION),
}


def _table(types: tuple[int, ...]) -> Flags:
    """Return for each of shapely's numbers of types whether it is one of these.

    The number of a geometry that is None is -1, the table's last place.
    """
    return np.isin(np.arange(len(_PLAIN)), types)


_SIMPLE: Final = {kind: _table(types) for kind, types in _SIMPLE_TYPES.items()}
_PARTED: Final = {kind: _table(types) for kind, types in _PARTED_TYPES.items()}


@dataclass(frozen=True, slots=True)
class GridWindow:
    """A window on the grid: its edges belong to it."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of one kind; a shape is what one feature has of that kind.

    Attributes
    ----------
    feature
        Of each shape, the position of its feature in the collection; ascending.
    paths
        Of all shapes; their owner is the shape.
    path_offsets
        Where the paths of each shape begin.
    weights
        Of each vertex, how far the drawing would stray without it.
    left, top, right, bottom
        Bounds of each shape.
    room
        Of each shape: how large it is. It is drawn where that is ``least_units`` of the tile or
        more, and the largest are drawn first where a tile cannot hold all.
    tree
        Of the bounds, if there are many.
    """

    kind: GeomType
    feature: Integers
    paths: Paths
    path_offsets: Integers
    weights: Weights
    left: Floats
    top: Floats
    right: Floats
    bottom: Floats
    room: Floats
    least_units: float = LEAST_UNITS
    tree: PackedTree | None = None

    def __len__(self) -> int:
        return len(self.feature)

    def within(self, window: GridWindow, *, units: float) -> Integers:
        """Return the shapes whose bounds touch the window and that are large enough to draw."""
        if self.tree is not None and not _is_much(window, self.tree):
            sides = (window.left, window.top, window.right, window.bottom)
            found = np.sort(self.tree.meeting(*sides))
            return found[self.room[found] * units >= self.least_units]
        touching = self.left <= window.right
        touching &= self.right >= window.left
        touching &= self.top <= window.bottom
        touching &= self.bottom >= window.top
        touching &= self.room * units >= self.least_units
        return np.flatnonzero(touching)

    def inside(self, shapes: Integers, window: GridWindow) -> Flags:
        """Return which of these shapes lie in the window as a whole."""
        inside = self.left[shapes] >= window.left
        inside &= self.right[shapes] <= window.right
        inside &= self.top[shapes] >= window.top
        inside &= self.bottom[shapes] <= window.bottom
        return inside

    def gather(self, shapes: Integers, *, least_weight: float) -> Paths:
        """Return the paths of these shapes with the vertices that weigh more than that.

        Their owner is the place in ``shapes``.
        """
        owner, paths = np.arange(len(shapes)), shapes
        if len(self.paths) > len(self):  # else a shape is a path
            first = self.path_offsets[shapes]
            counts = self.path_offsets[shapes + 1] - first
            owner, paths = owner.repeat(counts), ranges(first, counts)
        starts = self.paths.offsets[paths]
        lengths = self.paths.offsets[paths + 1] - starts
        vertices, offsets = ranges(starts, lengths), offsets_of(lengths)
        keep = self.weights[vertices] > least_weight
        if not keep.all():
            vertices, offsets = vertices[keep], kept_offsets(keep, offsets)
        x, y, shell = self.paths.x[vertices], self.paths.y[vertices], self.paths.shell[paths]
        return Paths(x, y, offsets, owner, shell)


def all_shapes(geometries: Geometries, tms: TileMatrixSet) -> tuple[Shapes, ...]:
    """Return the polygons, the lines and the points of geometries in EPSG:4490, as they draw best.

    Parts of a geometry collection are sorted by what they are. None, empty geometries, and those
    with a coordinate that is not finite are left out.
    """
    kinds = (GeomType.POLYGON, GeomType.LINE, GeomType.POINT)
    return tuple(found for kind in kinds if len(found := _shapes_of(geometries, kind, tms)))


def parts_of_kind(geometries: Geometries, kind: GeomType) -> tuple[Any, Integers]:
    """Return the points, lines or polygons in geometries, and the position each came from."""
    types = shapely.get_type_id(geometries)
    position = np.flatnonzero(_SIMPLE[kind][types] | _PARTED[kind][types])
    parts, types = geometries[position], types[position]
    while _PARTED[kind][types].any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        position, types = position[inner], shapely.get_type_id(parts)
    chosen = _SIMPLE[kind][types] & ~shapely.is_empty(parts)
    return parts[chosen], position[chosen]


def point_shapes(
    points: Any, feature: Integers, tms: TileMatrixSet, *, room: Floats, least_units: float
) -> Shapes:
    """Return one point for each feature, drawn where ``room`` is at least that."""
    paths = _on_grid(paths_from(points, np.arange(len(points)), GeomType.POINT), tms)
    return _shapes(GeomType.POINT, feature, paths, room=room[paths.owner], least_units=least_units)


def _shapes_of(geometries: Geometries, kind: GeomType, tms: TileMatrixSet) -> Shapes:
    parts, position = parts_of_kind(geometries, kind)
    features, owner = np.unique(position, return_inverse=True)
    if kind is GeomType.POLYGON:
        # As tiles want them, so that few rings have to be turned around in a tile.
        parts = shapely.orient_polygons(parts, exterior_cw=True)
    paths = _on_grid(paths_from(parts, owner, kind), tms).without_repeats(kind)
    true = paths.with_shells(paths.counts >= LEAST_VERTICES[kind])
    return _shapes(kind, features, paths.only(true))


def _on_grid(paths: Paths, tms: TileMatrixSet) -> Paths:
    """Return the paths on the grid, without those of owners that are not finite there."""
    lat = np.clip(paths.y, -tms.farthest_lat, tms.farthest_lat)
    x, y = from_storage_xy(paths.x, lat, tms.crs)
    x, y = (x - tms.west) / tms.span, (tms.north - y) / tms.span
    moved = Paths(x, y, paths.offsets, paths.owner, paths.shell)
    lost = ~(np.isfinite(x) & np.isfinite(y))
    if not lost.any():
        return moved
    return moved.only(~np.isin(paths.owner, paths.owner[paths.path_of_vertex[lost]]))


def _shapes(
    kind: GeomType,
    features: Integers,
    paths: Paths,
    *,
    room: Floats | None = None,
    least_units: float = LEAST_UNITS,
) -> Shapes:
    first = run_starts(paths.owner)
    owners, path_offsets = paths.owner[first], np.append(first, len(paths))
    bounds = left, top, right, bottom = _bounds(paths, path_offsets)
    if room is None:
        size = np.maximum(right - left, bottom - top)
        room = np.full(len(owners), np.inf) if kind is GeomType.POINT else size
    return Shapes(
        kind=kind,
        feature=features[owners],
        paths=paths,
        path_offsets=path_offsets,
        weights=vertex_weights(paths, kind),
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        room=room,
        least_units=least_units,
        tree=PackedTree(*packed(np.stack(bounds))) if len(owners) > MANY else None,
    )


def _is_much(window: GridWindow, tree: PackedTree) -> bool:
    """Return whether a window has a large part of all shapes, likely."""
    left, top, right, bottom = tree.extent
    width = min(window.right, right) - max(window.left, left)
    height = min(window.bottom, bottom) - max(window.top, top)
    return max(0.0, width) * max(0.0, height) > _MUCH * (right - left) * (bottom - top)


def _bounds(paths: Paths, path_offsets: Integers) -> tuple[Floats, Floats, Floats, Floats]:
    begin = paths.offsets[path_offsets[:-1]]
    if not len(begin):
        return (np.zeros(0),) * 4
    least, most = np.minimum.reduceat, np.maximum.reduceat
    x, y = paths.x, paths.y
    return least(x, begin), least(y, begin), most(x, begin), most(y, begin)
