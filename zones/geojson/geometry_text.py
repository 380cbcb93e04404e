"""Geometry written as GeoJSON, without keeping other threads waiting for a large one."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.memory.work_in_slices import sliced

LARGE: Final = 5_000
"""Vertices. To write them takes shapely 2 ms, and no other thread runs meanwhile."""

_MEMBER: Final = b'{"type":"%b","%b":%b}'
_AROUND: Final = {
    shapely.GeometryType.POINT: (b'{"type":"Point","coordinates":', b"}"),
    shapely.GeometryType.LINESTRING: (b'{"type":"LineString","coordinates":[', b"]}"),
    shapely.GeometryType.POLYGON: (b'{"type":"Polygon","coordinates":[[', b"]]}"),
}
"""What stands before and after the places of a geometry that has but one row of them."""
_END_OF_PLACE: Final = ord("]")


def geometry_texts(geometries: NDArray[np.object_]) -> list[bytes]:
    """Return GeoJSON of each geometry, two coordinates a place; ``null`` for none."""
    counts = shapely.get_num_coordinates(geometries)
    light = geometries.copy()
    light[counts > LARGE] = None
    texts: list[bytes] = sliced(_light_texts, light, counts).tolist()
    for i in np.flatnonzero(counts > LARGE):
        texts[i] = _text(geometries[i])
    return texts


def _light_texts(geometries: NDArray[np.object_]) -> list[bytes]:
    """Return the texts of geometries without many vertices, those of one row of places at once."""
    kinds = shapely.get_type_id(geometries)
    in_one_row = np.isin(kinds, [*_AROUND]) & ~shapely.is_empty(geometries)
    in_one_row &= shapely.get_num_interior_rings(geometries) == 0
    texts: list[bytes] = [b"null"] * len(geometries)
    rows = np.flatnonzero(in_one_row)
    for i, text in zip(rows.tolist(), _row_texts(geometries[rows], kinds[rows]), strict=True):
        texts[i] = text
    others = np.flatnonzero(~in_one_row & ~shapely.is_missing(geometries))
    for i, written in zip(others.tolist(), shapely.to_geojson(geometries[others]), strict=True):
        texts[i] = written.encode()
    return texts


def _row_texts(geometries: NDArray[np.object_], kinds: NDArray[np.integer[Any]]) -> list[bytes]:
    """Return texts cut out of that of all places, which takes a third of shapely's time."""
    places, ends = shapely.get_coordinates(geometries), shapely.get_num_coordinates(geometries)
    if not len(places) or not np.isfinite(places).all():
        return [text.encode() for text in shapely.to_geojson(geometries)]
    ends = ends.cumsum()
    text = orjson.dumps(places, option=orjson.OPT_SERIALIZE_NUMPY)
    after = np.flatnonzero(np.frombuffer(text, np.uint8) == _END_OF_PLACE) + 1
    # Each place follows a comma, the first one the bracket around all.
    last = after[ends - 1].tolist()
    first = [1, *(end + 1 for end in last[:-1])]
    around = map(_AROUND.__getitem__, kinds.tolist())
    return [
        before + text[begin:end] + behind
        for begin, end, (before, behind) in zip(first, last, around, strict=True)
    ]


def _text(geometry: BaseGeometry) -> bytes:
    if geometry.geom_type == "GeometryCollection":
        parts = _listed(_text(part) for part in geometry.geoms)
        return _MEMBER % (b"GeometryCollection", b"geometries", parts)
    name = geometry.geom_type.replace("LinearRing", "LineString")
    return _MEMBER % (name.encode(), b"coordinates", _coordinates(geometry))


def _coordinates(geometry: BaseGeometry) -> bytes:
    if geometry.geom_type == "Polygon":
        return _listed(_places(ring) for ring in (geometry.exterior, *geometry.interiors))
    if hasattr(geometry, "geoms"):
        return _listed(_coordinates(part) for part in geometry.geoms)
    places = _places(geometry)
    return places[1:-1] if geometry.geom_type == "Point" else places


def _places(line: BaseGeometry) -> bytes:
    places = shapely.get_coordinates(line)
    parts = (places[begin : begin + LARGE] for begin in range(0, len(places), LARGE))
    written = (orjson.dumps(part, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1] for part in parts)
    return _listed(written)


def _listed(texts: Iterable[bytes]) -> bytes:
    return b"[%b]" % b",".join(texts)
