"""Constants of a filter's document: instants, and geometries in the filter's CRS."""

import json
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from zones.cql2.faults_and_limits import MOST_VERTICES, SHOWN, fault
from zones.cql2.geometry_reasons import reason_of
from zones.cql2.instants import Times, read_literal, read_literals
from zones.cql2.mixed_geometries import merged
from zones.cql2.tree_nodes import GeometryLiteral
from zones.crs.transform import CRS, check_xy, geometry_authority_order, geometry_to_storage
from zones.geojson.published_geometry import decimals_of
from zones.model import JSON
from zones.snapshot.edge_in_other_crs import longest_side, piece_of

_GEOMETRIES: Final = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"}
)
_PLACE: Final = ("query", "filter")


def instant(document: JSON, kind: str) -> Times:
    """Return the instant of ``{"date": ...}`` or ``{"timestamp": ...}``, as one row.

    Raises
    ------
    FilterError
        ``filter-instant`` if it is no date, or no timestamp: see `read_literal`.
    """
    read = read_literal(document) if isinstance(document, str) else None
    if read is None or read[1] != (kind == "date"):
        raise fault("instant", kind=kind.upper(), given=str(document)[:SHOWN])
    return read_literals([str(document)])


def geometry(document: dict[str, JSON], crs: CRS) -> GeometryLiteral:
    """Return a GeoJSON object of the filter as a geometry.

    Parameters
    ----------
    crs
        The system of the coordinates, which stand in the order of its authority.

    Raises
    ------
    FilterError
        ``filter-geometry`` if it is malformed, open, empty or invalid,
        ``filter-too-many-vertices``.
    CoordinateError
        If a vertex cannot lie on the earth.
    """
    if "crs" in document:
        raise _malformed(document, "crs → filter-crs")
    if _count_all(document, document) > MOST_VERTICES:
        raise fault("too-many-vertices", most=MOST_VERTICES)
    try:
        read = shapely.from_geojson(_written(document))
    except shapely.GEOSException as refused:
        raise _malformed(document, reason_of(str(refused))) from refused
    if shapely.is_empty(read) or not shapely.is_valid(read):
        raise _malformed(document, reason_of(shapely.is_valid_reason(read)))
    if read.geom_type == "GeometryCollection":
        read = merged(shapely.force_2d(read))
    read = shapely.force_2d(geometry_authority_order(shapely.force_2d(read), crs))
    return _shape(_as_published(read, crs), crs)


def box(document: JSON, crs: CRS) -> GeometryLiteral:
    """Return the geometry of four or six bounds in the order of the authority.

    A box without width or height is a line or a point; one whose west is greater than its east
    crosses the antimeridian.

    Raises
    ------
    FilterError
        ``filter-bbox`` if the bounds are not numbers, not four or six, or in the wrong order.
    CoordinateError
        If a corner cannot lie on the earth.
    """
    bounds = document if isinstance(document, list) else []
    if len(bounds) not in {4, 6} or not all(_is_number(each) for each in bounds):
        raise fault("bbox")
    half = len(bounds) // 2
    first, second = bounds[:2], bounds[half : half + 2]
    if crs.axis_order == "yx":
        first, second = first[::-1], second[::-1]
    (x_min, y_min), (x_max, y_max) = _floats(first), _floats(second)
    if y_min > y_max or (x_min > x_max and not crs.is_geographic):
        raise fault("bbox")
    if x_min <= x_max:
        return _shape(_rectangle(x_min, y_min, x_max, y_max), crs)
    west, east = _rectangle(x_min, y_min, 180.0, y_max), _rectangle(-180.0, y_min, x_max, y_max)
    return _shape(shapely.union_all([west, east]), crs)


def _rectangle(x_min: float, y_min: float, x_max: float, y_max: float) -> BaseGeometry:
    if x_min == x_max and y_min == y_max:
        return shapely.Point(x_min, y_min)
    if x_min == x_max or y_min == y_max:
        return shapely.LineString([(x_min, y_min), (x_max, y_max)])
    return shapely.box(x_min, y_min, x_max, y_max)


def _shape(shape: BaseGeometry, crs: CRS) -> GeometryLiteral:
    xy = shapely.get_coordinates(shape)
    check_xy(xy[:, 0], xy[:, 1], crs, loc=_PLACE)
    if crs.is_lonlat:
        return GeometryLiteral(shape)
    finer = shapely.segmentize(shape, piece_of(longest_side(shape), crs))
    return GeometryLiteral(geometry_to_storage(finer, crs), shape, crs)


def _as_published(shape: BaseGeometry, crs: CRS) -> BaseGeometry:
    """Return a geometry with as many decimals as features are published, and related, with.

    Whoever holds a feature with all its digits means the same place. What rounding would make
    invalid is left alone.
    """
    decimals = decimals_of(crs)
    rounded = shapely.transform(shape, lambda xy: np.round(xy, decimals))
    return rounded if shapely.is_valid(rounded) else shape


def _count_all(part: JSON, document: dict[str, JSON]) -> int:
    """Return how many vertices a geometry or a collection of geometries has."""
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(kind, str):
        raise _malformed(document, "type")
    if kind == "GeometryCollection":
        members = part.get("geometries")
        if not isinstance(members, list):
            raise _malformed(document, "geometries")
        return sum(_count_all(each, document) for each in members)
    if kind not in _GEOMETRIES:
        raise _malformed(document, "type")
    return _count_vertices(part.get("coordinates"), document)


def _count_vertices(coordinates: JSON, document: JSON) -> int:
    """Return how many positions there are, every one of them two to four numbers."""
    if not isinstance(coordinates, list) or not coordinates:
        raise _malformed(document, "coordinates")
    if isinstance(coordinates[0], list):
        return sum(_count_vertices(each, document) for each in coordinates)
    if not 2 <= len(coordinates) <= 4 or not all(_is_number(each) for each in coordinates):  # noqa: PLR2004 - two to four numbers, as GeoJSON has
        raise _malformed(document, "coordinates")
    return 1


def _malformed(document: JSON, reason: str) -> Exception:
    shown = _written(document).decode()[:SHOWN]
    return fault("geometry", near=shown, reason=reason)


def _written(document: JSON) -> bytes:
    """Return the JSON of an object whose numbers may be of any size."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _floats(pair: list[JSON]) -> tuple[float, float]:
    first, second = (float(each) if isinstance(each, int | float) else 0.0 for each in pair)
    return first, second
