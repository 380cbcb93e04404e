"""A column of geometries of Parquet -> geometries: WKB, or lists of coordinates (GeoArrow)."""

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.errors import SourceError
from zones.formats.geoparquet.columns import WKB
from zones.formats.wkb import BuiltFromWKB, geometries_from_wkb

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
    present = np.asarray(column.is_valid())
    try:
        geometries[present] = _built(column.drop_null(), encoding)
    except (TypeError, ValueError, AttributeError, KeyError, shapely.errors.GEOSException):
        raise SourceError("parquet-encoding", column="geometry", encoding=encoding) from None
    return BuiltFromWKB(geometries, ())


def _built(array: Any, encoding: str) -> NDArray[np.object_]:
    offsets: list[NDArray[np.int64]] = []
    for _ in range(_LEVELS[encoding]):
        starts = np.asarray(array.offsets, np.int64)
        offsets.insert(0, starts - starts[0])
        array = array.flatten()
    coordinates = _coordinates(array)
    return np.asarray(
        shapely.from_ragged_array(_TYPES[encoding], coordinates, tuple(offsets) or None)
    )


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
