"""Polygons split by a line, and merged, as it is asked of a process of its own.

A vertex that a split puts on an edge has the same digits in both parts, and whoever shares the edge
can take it over; all other vertices stay what they are, to the last bit.
"""

import threading
from dataclasses import dataclass

import numpy as np
import orjson
import shapely
import shapely.ops

from app.http.fault_status import RequestError
from zones.geojson.geometry_text import geometry_texts
from zones.quality.empty_parts import without_empty_parts

Polygonal = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SplitWork:
    """Polygons to be split by a line; geometries as GeoJSON texts."""

    id: str
    polygons: tuple[bytes, ...]
    line: bytes

    def run(self, cancelled: threading.Event) -> list[list[bytes]]:
        """Return the parts of each polygon, one alone where the line does not part it.

        Raises
        ------
        RequestError
        """
        line = _read(self.line, ("LineString",), "line")
        return [_split(_read(each, _AREAS, "polygons"), line) for each in self.polygons]


@dataclass(frozen=True, slots=True)
class MergeWork:
    """Polygons to become one; geometries as GeoJSON texts."""

    id: str
    polygons: tuple[bytes, ...]

    def run(self, cancelled: threading.Event) -> bytes:
        """Return the polygon, or several parts where they do not touch.

        Raises
        ------
        RequestError
        """
        shapes = [_read(each, _AREAS, "polygons") for each in self.polygons]
        return _written(shapely.union_all(np.array(shapes, dtype=object)))


_AREAS: Polygonal = ("Polygon", "MultiPolygon")


def _split(polygon: shapely.Geometry, line: shapely.Geometry) -> list[bytes]:
    parts: list[shapely.Geometry] = []
    for part in shapely.get_parts(polygon):
        parts += shapely.ops.split(part, line).geoms
    if len(parts) == shapely.get_num_geometries(polygon):
        return [_written(polygon)]
    return [_written(part) for part in parts]


def _read(text: bytes, types: Polygonal, member: str) -> shapely.Geometry:
    try:
        shape = shapely.from_geojson(text)
    except shapely.errors.GEOSException:
        shape = None
    if shape is None or shape.is_empty or shape.geom_type not in types:
        listed = ", ".join(types)
        raise RequestError("cut-geometry", loc=("body", member), types=listed)
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        raise RequestError("cut-invalid", loc=("body", member), reason=reason)
    cleaned, _ = without_empty_parts(np.array([shape]))
    filled: shapely.Geometry = cleaned[0]
    return filled


def _written(shape: shapely.Geometry) -> bytes:
    (text,) = geometry_texts(np.array([shape], dtype=object))
    return orjson.dumps(orjson.loads(text))
