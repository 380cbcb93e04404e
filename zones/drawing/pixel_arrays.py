"""Very many lines or areas of a collection as flat arrays in pixels, without an object for each."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.transform import CRS, from_storage_xy, to_storage_xy
from zones.drawing.model import METRES_OF_A_DEGREE, PixelOutlines, Viewport
from zones.memory.work_in_slices import slices
from zones.ragged_arrays import Integers
from zones.snapshot.collection import Collection
from zones.snapshot.mapped_collection import MappedCollection
from zones.tiles.paths import LEAST_VERTICES, GeomType, Paths
from zones.tiles.prepared_source import grid_shapes, has_grid_shapes
from zones.tiles.shapes_on_grid import Shapes
from zones.tiles.tile_matrix_sets import CGCS2000_QUAD, WEB_MERCATOR_QUAD, TileMatrixSet

Floats = NDArray[np.float64]

TOGETHER: Final = 4_000
"""Vertices that are painted by one call, which keeps the interpreter: a millisecond or two."""
LEAST_SHARE: Final = 0.1
"""Of a collection: what draws fewer of its features does not wait for the shapes of all."""
QUICKLY_ALL: Final = 10_000
"""Features whose shapes are worked out in a fifth of a second."""
_POLYGON: Final = shapely.GeometryType.POLYGON


def is_worth_outlines(collection: Collection, count: int, viewport: Viewport) -> bool:
    """Return whether so many features are drawn faster from what is worked out of all.

    Of a collection in a segment a process of its own works that out, once its tiles or pictures
    are asked for.
    """
    if has_grid_shapes(collection, grid_of(viewport)):
        return True
    if isinstance(collection, MappedCollection) and collection.is_as_in_segment:
        return False
    return len(collection) <= QUICKLY_ALL or count >= LEAST_SHARE * len(collection)


def outlines(
    collection: Collection, chosen: Integers, viewport: Viewport, *, finest: float
) -> Iterator[PixelOutlines]:
    """Yield what features have of areas and lines.

    Parameters
    ----------
    chosen
        Positions of features, ascending.
    finest
        In pixels: what strays less than that from the line is left out.
    """
    tms = grid_of(viewport)
    least = finest * _pixel_of_grid(tms, viewport)
    for shapes in grid_shapes(collection, tms):
        if shapes.kind is GeomType.POINT:
            continue
        paths = shapes.gather(_places(shapes, chosen), least_weight=least)
        true = paths.with_shells(paths.counts >= LEAST_VERTICES[shapes.kind])
        yield from _pieces(paths.only(true), shapes.kind, tms, viewport)


def outlines_of(areas: NDArray[Any]) -> Iterator[PixelOutlines]:
    """Yield areas that are geometries in pixels already, wound as ``outlines`` has them."""
    parts = shapely.get_parts(shapely.get_parts(areas))
    parts = shapely.orient_polygons(parts[shapely.get_type_id(parts) == _POLYGON])
    for part in slices(shapely.get_num_coordinates(parts), TOGETHER):
        rings, owners = shapely.get_rings(parts[part], return_index=True)
        if not len(rings):
            continue
        points, of_ring = shapely.get_coordinates(rings, return_index=True)
        is_last = np.append(of_ring[1:] != of_ring[:-1], True)
        shell = np.append(True, owners[1:] != owners[:-1])
        counts = np.bincount(of_ring[~is_last], minlength=len(rings))
        yield PixelOutlines(points[~is_last], counts, shell, is_area=True)


def joined(pieces: Sequence[PixelOutlines]) -> PixelOutlines:
    """Return outlines of one kind as one."""
    return PixelOutlines(
        np.concatenate([each.points for each in pieces]),
        np.concatenate([each.counts for each in pieces]),
        np.concatenate([each.shell for each in pieces]),
        pieces[0].is_area,
    )


def grid_of(viewport: Viewport) -> TileMatrixSet:
    """Return the grid whose shapes are worked out anyway, or as near as can be to the view's."""
    return WEB_MERCATOR_QUAD if viewport.crs is CRS.EPSG_3857 else CGCS2000_QUAD


def _pixel_of_grid(tms: TileMatrixSet, viewport: Viewport) -> float:
    """Return how large the view's pixel is, in sides of the grid's first tile, or a little less."""
    if viewport.crs.is_geographic or tms.crs is viewport.crs:
        return 1 / max(viewport.unit_px) / tms.span
    return viewport.ground_m / METRES_OF_A_DEGREE / tms.span


def _places(shapes: Shapes, chosen: Integers) -> Integers:
    """Return where the features are among the shapes, those that have any."""
    at = np.searchsorted(shapes.feature, chosen)
    at = at[at < len(shapes)]
    found: Integers = at[shapes.feature[at] == chosen[: len(at)]]
    return found


def _pieces(
    paths: Paths, kind: GeomType, tms: TileMatrixSet, viewport: Viewport
) -> Iterator[PixelOutlines]:
    """Yield the paths in pixels, no area's hole without its outer ring."""
    points, counts = _in_pixels(paths, tms, viewport), paths.counts
    first = np.flatnonzero(paths.shell)
    sizes = np.add.reduceat(counts, first) if len(first) else counts
    ends = np.append(first, len(paths))
    for part in slices(sizes, TOGETHER):
        rings = slice(ends[part.start], ends[part.stop])
        vertices = slice(paths.offsets[rings.start], paths.offsets[rings.stop])
        shell = paths.shell[rings]
        yield PixelOutlines(points[vertices], counts[rings], shell, kind is GeomType.POLYGON)


def _in_pixels(paths: Paths, tms: TileMatrixSet, viewport: Viewport) -> Floats:
    x, y = tms.west + paths.x * tms.span, tms.north - paths.y * tms.span
    if tms.crs is not viewport.crs:
        lon, lat = to_storage_xy(x, y, tms.crs)
        x, y = from_storage_xy(lon, lat, viewport.crs)
    across, down = viewport.unit_px
    return np.column_stack([(x - viewport.bounds[0]) * across, (viewport.bounds[3] - y) * down])
