"""Geometries of CQL2 text (well-known text) -> GeoJSON objects."""

from typing import Final

import orjson
import shapely

from zones.filters.faults import SHOWN, fault
from zones.model import JSON

GEOMETRY_WORDS: Final = frozenset(
    {
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
    }
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
        reason = str(refused).partition("\n")[0][:SHOWN]
        raise fault("geometry", near=wkt[:SHOWN], reason=reason) from refused
    return document
