"""Points that cells of text hold whole: WKT, EWKT, hexadecimal WKB, GeoJSON; without GEOS.

Imports read the same texts in the confined child (``zones.formats.csv.cell_geometry``); what bytes
from anybody hold here is a point written in full, or no point.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa

from zones.formats.coordinate_strings import is_polyline
from zones.formats.csv.cell_texts import FULL_WIDTH, HEX, srids_of, without_srid
from zones.formats.csv.place_numbers import is_blank
from zones.geojson.duplicate_members import repeated_member
from zones.streams.point_wkb import WKBPoints, wkb_points

_NUMBER: Final = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?|nan|[+-]?inf(?:inity)?"
_POINT: Final = re.compile(
    rf"POINT\s*(?:ZM|Z|M)?\s*\(\s*({_NUMBER})\s+({_NUMBER})(?:\s+(?:{_NUMBER})){{0,2}}\s*\)",
    re.IGNORECASE,
)
_EMPTY: Final = re.compile(r"POINT\s*(?:ZM|Z|M)?\s*EMPTY", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"(?:MULTIPOINT|(?:MULTI)?(?:LINESTRING|POLYGON|CURVE|SURFACE)|GEOMETRYCOLLECTION"
    r"|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|LINEARRING|TIN|TRIANGLE|POLYHEDRALSURFACE)"
    r"\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
_KINDS: Final = frozenset(
    ("MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
)
_AXES: Final = range(2, 5)


def points_in(texts: Sequence[str]) -> WKBPoints:
    """Return the points of cells, as those of a column of WKB are returned.

    Examples
    --------
    >>> found = points_in(["SRID=4550;POINT(1 2)", '{"type": "Point", "coordinates": [3, 4]}', ""])
    >>> found.x.tolist()[:2], found.srids.tolist(), found.missing.tolist()
    ([1.0, 3.0], [4550, 0, 0], [False, False, True])
    """
    cells = [without_srid(text) for text in texts]
    matches = [HEX.fullmatch(cell) for cell in cells]
    points = wkb_points(pa.array([m and bytes.fromhex(m[1]) for m in matches], pa.binary()))
    for row, (cell, match) in enumerate(zip(cells, matches, strict=True)):
        if match is None:
            _read(points, row, cell)
        if not np.isnan(points.x[row]):
            points.srids[row] = next(iter(srids_of(texts[row])), 0)
    return points


def points_of_texts(column: pa.Array) -> WKBPoints:
    """Return the points of a column of texts."""
    return points_in([text or "" for text in column.to_pylist()])


def _read(points: WKBPoints, row: int, cell: str) -> None:
    """Put in what a cell holds that is no WKB."""
    points.missing[row], points.unreadable[row] = is_blank(cell), False
    found = "missing" if points.missing[row] else _point(cell)
    if isinstance(found, str):
        getattr(points, found)[row] = True
    else:
        points.x[row], points.y[row] = found


def _point(cell: str) -> tuple[float, float] | str:
    """Return a point, or which field of points tells what else it is."""
    if cell.startswith("{"):
        return _of_geojson(cell)
    plain = cell.translate(FULL_WIDTH)
    if (point := _POINT.fullmatch(plain)) is not None:
        return float(point[1]), float(point[2])
    if _EMPTY.fullmatch(plain):
        return "missing"
    return "other" if _OTHER.match(plain) or is_polyline(plain) else "unreadable"


def _of_geojson(cell: str) -> tuple[float, float] | str:
    try:
        document = orjson.loads(cell)
    except orjson.JSONDecodeError:
        return "unreadable"
    if repeated_member(cell.encode(), document) is not None:
        return "unreadable"  # which of both is meant is not known
    if document.get("type") == "Feature":
        document = document.get("geometry")
        if document is None:
            return "missing"
    return _position(document)


def _position(geometry: Any) -> tuple[float, float] | str:
    """Return the position of a geometry object of GeoJSON."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind != "Point":
        return "other" if kind in _KINDS else "unreadable"
    place = geometry.get("coordinates")
    if place == []:
        return "missing"
    if not isinstance(place, list) or len(place) not in _AXES or not all(map(_is_number, place)):
        return "unreadable"
    return float(place[0]), float(place[1])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def none_is_a_point(points: WKBPoints) -> bool:
    """Return whether cells hold something and not one of them a point."""
    read = ~(points.missing | points.other | points.unreadable)
    return not bool(points.missing.all() or np.any(read))
