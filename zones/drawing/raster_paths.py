"""Many geometries as one path of Skia, made by numpy: no vertex becomes an object of Python.

Skia reads paths in the form that it writes them in itself (``SkPath::writeToMemory``, version 5):
four numbers (version and kind of filling, points, weights of conics, verbs), the points, the
verbs. Point by point a path of 5,000 polygons takes thirty times as long.
"""

import struct
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

Objects = NDArray[np.object_]

_VERSION: Final = 5
_MOVE, _LINE, _CLOSE = 0, 1, 5
_RINGS: Final = 2
"""Dimensions of what has an inside."""


def outlines(geometries: Objects) -> tuple[NDArray[np.float64], NDArray[np.int64], bool]:
    """Return the points of lines or rings, how many each has, and whether they are rings.

    Polygons are oriented, so that holes stay holes where what lies over another is not to be one.
    """
    parts = shapely.get_parts(shapely.get_parts(geometries))
    is_area = bool((shapely.get_dimensions(parts) == _RINGS).any())
    lines = shapely.get_rings(shapely.orient_polygons(parts)) if is_area else parts
    points, owners = shapely.get_coordinates(lines, return_index=True)
    counts = np.bincount(owners, minlength=len(lines))
    return points, counts[counts > 0], is_area


def path_bytes(points: NDArray[np.float64], counts: NDArray[np.int64], *, closed: bool) -> bytes:
    """Return runs of points as Skia's form of a path."""
    starts = np.cumsum(counts) - counts
    extra = np.arange(len(counts)) if closed else np.zeros(len(counts), dtype=np.int64)
    verbs = np.full(int(counts.sum()) + (len(counts) if closed else 0), _LINE, dtype=np.uint8)
    verbs[starts + extra] = _MOVE
    if closed:
        verbs[starts + extra + counts] = _CLOSE
    head = struct.pack("<4I", _VERSION, len(points), 0, len(verbs))
    padding = b"\0" * (-len(verbs) % 4)
    return head + points.astype("<f4").tobytes() + verbs.tobytes() + padding


def path_of(skia: Any, geometries: Objects) -> Any:
    """Return the path of lines, or of polygons."""
    points, counts, closed = outlines(geometries)
    return path_of_runs(skia, points, counts, closed=closed)


def path_of_runs(
    skia: Any, points: NDArray[np.float64], counts: NDArray[np.int64], *, closed: bool
) -> Any:
    """Return the path of runs of points, each a line or a ring."""
    path = skia.Path()
    if len(counts):
        written = path_bytes(points, counts, closed=closed)
        if not path.readFromMemory(written):
            _add_point_by_point(path, points, counts, closed=closed)
    return path


def _add_point_by_point(
    path: Any, points: NDArray[np.float64], counts: NDArray[np.int64], *, closed: bool
) -> None:
    """Add the runs by calls, for a Skia that writes its paths in another form."""
    for run in np.split(points, np.cumsum(counts)[:-1]):
        path.moveTo(*run[0].tolist())
        for point in run[1:].tolist():
            path.lineTo(*point)
        if closed:
            path.close()
