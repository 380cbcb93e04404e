"""A column of geometries of Parquet -> geometries: WKB, or lists of coordinates (GeoArrow)."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.errors import SourceError
from zones.formats.geoparquet.columns import WKB
from zones.formats.wkb import BuiltFromWKB, geometries_from_wkb
from zones.model import Problem
from zones.ragged_arrays import Integers, kept_offsets, offsets_of, run_sums

_TYPES: Final = {
    "point": shapely.GeometryType.POINT,
    "linestring": shapely.GeometryType.LINESTRING,
    "polygon": shapely.GeometryType.POLYGON,
    "multipoint": shapely.GeometryType.MULTIPOINT,
    "multilinestring": shapely.GeometryType.MULTILINESTRING,
    "multipolygon": shapely.GeometryType.MULTIPOLYGON,
}
_LEVELS: Final = {
    "point": 0,
    "linestring": 1,
    "multipoint": 1,
    "polygon": 2,
    "multilinestring": 2,
    "multipolygon": 3,
}
_WITH_RINGS: Final = ("polygon", "multipolygon")
_XYZ: Final = 3


def geometries_of(column: Any, encoding: str, numbers: NDArray[np.int64]) -> BuiltFromWKB:
    """Return the geometries of a ``pyarrow.Array``; null is None.

    Heights are kept for the checks to tell of; measures are not.

    Raises
    ------
    SourceError
        ``parquet-encoding`` if the column is not of the shape that its encoding says.
    """
    if encoding == WKB:
        wkb = np.array([*column.to_pylist(), None], dtype=object)[:-1]
        if not all(isinstance(raw, bytes | None) for raw in wkb):
            raise SourceError("parquet-no-geometry")
        return geometries_from_wkb(wkb, numbers)
    geometries = np.full(len(column), None, dtype=object)
    present = np.flatnonzero(column.is_valid())
    try:
        geometries[present], lost = _built(column.drop_null(), encoding)
    except (TypeError, ValueError, AttributeError, KeyError, shapely.errors.GEOSException):
        raise SourceError("parquet-encoding", column="geometry", encoding=encoding) from None
    lost[shapely.is_empty(geometries[present])] = 0  # told of as a whole
    if not lost.any():
        return BuiltFromWKB(geometries, ())
    first = int(numbers[present[np.flatnonzero(lost)[0]]])
    told = Problem("geometry-parts-empty", {"count": int(lost.sum())}, "note", first)
    return BuiltFromWKB(geometries, (told,))


def _built(array: Any, encoding: str) -> tuple[NDArray[np.object_], Integers]:
    """Return geometries without empty parts and holes, and how many each has lost."""
    offsets: list[NDArray[np.int64]] = []
    for _ in range(_LEVELS[encoding]):
        starts = np.asarray(array.offsets, np.int64)
        offsets.insert(0, starts - starts[0])
        array = array.flatten()
    coordinates = _coordinates(array)
    if encoding in _WITH_RINGS:
        _check_outlines(offsets[0], offsets[1])
    filled, lost = without_empty_runs(offsets)
    built = shapely.from_ragged_array(_TYPES[encoding], coordinates, tuple(filled) or None)
    return np.asarray(built), lost if filled else np.zeros(len(built), np.int64)


def _check_outlines(rings: Integers, polygons: Integers) -> None:
    """Raise if a polygon has holes with positions and an outline without."""
    sizes, filled = np.diff(rings), np.diff(polygons) > 0
    firsts = polygons[:-1][filled]
    if ((sizes[firsts] == 0) & (run_sums(sizes, polygons)[filled] > 0)).any():
        raise ValueError("holes without an outline")


def without_empty_runs(levels: Sequence[Integers]) -> tuple[list[Integers], Integers]:
    """Return offsets, innermost first, without empty runs in the outermost, and how many each had.

    Examples
    --------
    Two geometries of several lines; those of the first have 2, 0 and 3 positions.

    >>> without_empty_runs([np.array([0, 2, 2, 5, 7]), np.array([0, 3, 4])])
    ([array([0, 2, 5, 7]), array([0, 2, 3])], array([1, 0]))
    """
    found = list(levels)
    lost = np.zeros(len(found[0]) - 1 if found else 0, np.int64)
    for level in range(len(found) - 1):
        counts = np.diff(found[level])
        keep = counts > 0
        lost = run_sums(lost + ~keep, found[level + 1])
        found[level], found[level + 1] = (
            offsets_of(counts[keep]),
            kept_offsets(keep, found[level + 1]),
        )
    return found, lost


def _coordinates(array: Any) -> NDArray[np.float64]:
    """Return positions, one a row, of a struct of x, y and z or of lists of fixed size."""
    import pyarrow as pa

    if pa.types.is_struct(array.type):
        names = [field.name for field in array.type]
        axes = ["x", "y", *(["z"] if "z" in names else [])]
        parts = [np.asarray(array.field(name), np.float64) for name in axes]
        return np.column_stack(parts) if len(array) else np.empty((0, len(axes)))
    size = array.type.list_size
    flat = np.asarray(array.flatten(), np.float64).reshape(-1, size)
    return np.ascontiguousarray(flat[:, :_XYZ])
