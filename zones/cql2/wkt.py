"""Geometries of CQL2 text (well-known text) -> GeoJSON objects."""

from typing import Final

import orjson
import shapely

from zones.cql2.faults_and_limits import SHOWN, fault
from zones.cql2.geometry_reasons import reason_of
from zones.model import JSON

_KINDS: Final = (
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
)
GEOMETRY_WORDS: Final = frozenset(
    kind + more
    for kind in _KINDS
    for more in ("", "z", "m", "zm")  # QGIS writes POINTZ
)


def geometry_document(wkt: str) -> JSON:
    """Return the GeoJSON object of a geometry, numbers as written.

    Raises
    ------
    FilterError
        ``filter-geometry`` if the text is no geometry, as a ring that is not closed.
    """
    try:
        geometry = shapely.from_wkt(wkt)
        document: JSON = orjson.loads(shapely.to_geojson(geometry))
    except (shapely.GEOSException, orjson.JSONDecodeError) as refused:
        raise fault("geometry", near=wkt[:SHOWN], reason=reason_of(str(refused))) from refused
    return document
