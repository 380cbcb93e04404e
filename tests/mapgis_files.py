"""MapGIS 6.x files by the writer of mapgis2shp; no other writer of them is public."""

import struct
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
from pymapgis.writer import Writer
from shapely.geometry.base import BaseGeometry

from zones.crs.reference_systems import CRS

_SUFFIXES = {"Point": ".wt", "LineString": ".wl", "Polygon": ".wp", "MultiPolygon": ".wp"}


def mapgis(
    shapes: Sequence[BaseGeometry],
    columns: Mapping[str, Sequence[Any]],
    *,
    scale: float = 500,
    crs: str = CRS.EPSG_4550.key,
) -> bytes:
    """Return points, lines or areas as a file whose coordinates are millimetres on the map."""
    frame = geopandas.GeoDataFrame(dict(columns), geometry=list(shapes), crs=crs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a" + _SUFFIXES[shapes[0].geom_type])
        with warnings.catch_warnings(action="ignore"):  # it goes by PROJ's texts
            Writer(frame, map_scale=scale).to_file(path)
        return path.read_bytes()


def with_map_head(
    content: bytes, *, scale: float, ellipsoid: int = 7, projection: int = 5
) -> bytes:
    """Return a file whose head names another scale, ellipsoid and projection."""
    head = bytearray(content)
    head[109:111] = bytes([projection, ellipsoid])
    struct.pack_into("<d", head, 143, scale)
    return bytes(head)
