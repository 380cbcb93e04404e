"""Geometries as Esri's JSON, and back. x is always the east, whatever the order of a register."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from zones.crs.transform import CRS, parse_crs
from zones.errors import UnknownCRSError, ZonesError

JSONObject = dict[str, Any]

WKIDS: Final[dict[CRS, tuple[int, int]]] = {
    CRS.EPSG_4490: (4490, 4490),
    CRS.EPSG_4326: (4326, 4326),
    CRS.CRS84: (4326, 4326),
    CRS.EPSG_3857: (102100, 3857),
    CRS.EPSG_4550: (4550, 4550),
    CRS.EPSG_4529: (4529, 4529),
    CRS.EPSG_4549: (4549, 4549),
    CRS.EPSG_4528: (4528, 4528),
}
"""``wkid`` and ``latestWkid``; Esri numbers Web Mercator by itself."""
MERCATORS: Final = frozenset({"102100", "102113", "900913", "3785", "3857"})
TYPES: Final = {
    "point": "esriGeometryPoint",
    "multipoint": "esriGeometryMultipoint",
    "line": "esriGeometryPolyline",
    "polygon": "esriGeometryPolygon",
}
_SHOWN: Final = 80


class EsriGeometryError(ZonesError):
    """A geometry that is none that is understood here."""

    default_code: ClassVar[str] = "esri-geometry"


def spatial_reference(crs: CRS) -> dict[str, int]:
    """Return a system as Esri's JSON has it."""
    wkid, latest = WKIDS[crs]
    return {"wkid": wkid, "latestWkid": latest}


def crs_of(text: str) -> CRS:
    """Return the system of a ``wkid`` or of a spatial reference as JSON.

    Raises
    ------
    UnknownCRSError
    """
    written = text.strip()
    if written.startswith("{"):
        try:
            reference = orjson.loads(written)
        except orjson.JSONDecodeError:
            reference = {}
        written = str(reference.get("latestWkid") or reference.get("wkid") or written)
    if written in MERCATORS:
        return CRS.EPSG_3857
    crs = parse_crs(written)
    if crs not in WKIDS:
        raise UnknownCRSError(text=written[:_SHOWN], supported=", ".join(map(str, WKIDS)))
    return crs


def geometry_json(geometry: BaseGeometry | None, decimals: int | None = None) -> JSONObject | None:
    """Return a geometry in Esri's form: outer rings clockwise, holes against the clock."""
    if geometry is None or geometry.is_empty:
        return None
    if geometry.geom_type == "Point":
        x, y = _rounded(shapely.get_coordinates(geometry), decimals)[0].tolist()
        return {"x": x, "y": y}
    if geometry.geom_type == "MultiPoint":
        return {"points": _places(geometry, decimals)}
    if geometry.geom_type in {"LineString", "LinearRing", "MultiLineString"}:
        return {"paths": [_places(each, decimals) for each in shapely.get_parts(geometry)]}
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        rings = [ring for part in shapely.get_parts(geometry) for ring in _rings(part)]
        return {"rings": [_places(each, decimals) for each in rings]}
    raise EsriGeometryError(given=geometry.geom_type)


def _rings(polygon: BaseGeometry) -> list[BaseGeometry]:
    # shapely.orient_polygons puts outer rings against the clock unless asked otherwise.
    turned = shapely.orient_polygons(polygon, exterior_cw=True)
    return [turned.exterior, *turned.interiors]


def _places(line: BaseGeometry, decimals: int | None) -> list[list[float]]:
    places: list[list[float]] = _rounded(shapely.get_coordinates(line), decimals).tolist()
    return places


def _rounded(places: NDArray[np.float64], decimals: int | None) -> NDArray[np.float64]:
    return places if decimals is None else np.round(places, decimals)


def read_geometry(text: str, kind: str) -> tuple[BaseGeometry, CRS | None]:
    """Return a geometry that a client sends, x first, and its own system if it names one.

    Parameters
    ----------
    kind
        ``esriGeometryEnvelope`` and so on; "" for what the text is by itself.

    Raises
    ------
    EsriGeometryError
    """
    if not text.lstrip().startswith("{"):
        return _plain(text, kind), None
    try:
        parsed = orjson.loads(text)
        geometry = _read(parsed)
    except (TypeError, ValueError, LookupError, ShapelyError) as bad:
        raise EsriGeometryError(given=text[:_SHOWN]) from bad
    if geometry is None or geometry.is_empty or not shapely.is_valid(geometry):
        raise EsriGeometryError(given=text[:_SHOWN])
    reference = parsed.get("spatialReference")
    return geometry, None if not reference else crs_of(orjson.dumps(reference).decode())


def _plain(text: str, kind: str) -> BaseGeometry:
    """Return the point or box that some numbers with commas between are."""
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError:
        numbers = []
    if not np.isfinite(numbers).all():
        numbers = []
    if len(numbers) == 2 and kind in {"esriGeometryPoint", ""}:  # noqa: PLR2004 - x, y
        return shapely.Point(numbers)
    if len(numbers) == 4 and kind in {"esriGeometryEnvelope", ""}:  # noqa: PLR2004 - two corners
        return _box(*numbers)
    raise EsriGeometryError(given=text[:_SHOWN])


def _read(members: JSONObject) -> BaseGeometry | None:
    if "x" in members:
        return shapely.Point(float(members["x"]), float(members["y"]))
    if "xmin" in members:
        return _box(*(float(members[side]) for side in ("xmin", "ymin", "xmax", "ymax")))
    if "points" in members:
        return shapely.MultiPoint(_pairs(members["points"]))
    if "paths" in members:
        return shapely.MultiLineString([_pairs(path) for path in members["paths"]])
    return _polygon([_pairs(ring) for ring in members["rings"]]) if "rings" in members else None


def _pairs(places: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    return [(float(place[0]), float(place[1])) for place in places]


def _box(x_min: float, y_min: float, x_max: float, y_max: float) -> BaseGeometry:
    if x_min == x_max and y_min == y_max:
        return shapely.Point(x_min, y_min)
    if x_min == x_max or y_min == y_max:
        return shapely.LineString([(x_min, y_min), (x_max, y_max)])
    return shapely.box(min(x_min, x_max), min(y_min, y_max), max(x_min, x_max), max(y_min, y_max))


def _polygon(rings: list[list[tuple[float, float]]]) -> BaseGeometry:
    """Return the area of rings of which some are holes: what lies in an odd number of them."""
    areas = sorted((shapely.Polygon(ring) for ring in rings), key=lambda area: -area.area)
    result: BaseGeometry = shapely.Polygon()
    for area in areas:
        result = shapely.symmetric_difference(result, area)
    return result
