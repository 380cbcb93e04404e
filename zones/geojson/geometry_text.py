"""Geometry written as GeoJSON, without keeping other threads waiting for a large one."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.memory.work_in_slices import sliced

LARGE: Final = 5_000
"""Vertices. To write them takes shapely 2 ms, and no other thread runs meanwhile."""

_MEMBER: Final = b'{"type":"%b","%b":%b}'


def geometry_texts(geometries: NDArray[np.object_]) -> list[bytes]:
    """Return GeoJSON of each geometry, two coordinates a place; ``null`` for none."""
    large = shapely.get_num_coordinates(geometries) > LARGE
    light = geometries.copy()
    light[large] = None
    written = sliced(shapely.to_geojson, light)
    texts = [b"null" if text is None else text.encode() for text in written]
    for i in np.flatnonzero(large):
        texts[i] = _text(geometries[i])
    return texts


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
