"""Which column of a Parquet file holds its geometries, in what encoding and which system.

GeoParquet tells it in the file's metadata (https://geoparquet.org/releases/v1.1.0/), Parquet itself
by the types GEOMETRY and GEOGRAPHY (Apache Parquet format, "Geospatial types").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import (
    SourceCRS,
    source_crs_from_epsg,
    source_crs_from_projjson,
    source_crs_from_wkt,
)
from zones.errors import SourceError
from zones.model import JSON, Problem
from zones.source.model import declared_crs

GEO: Final = b"geo"
"""The key of GeoParquet's metadata."""
WKB: Final = "WKB"
NATIVE: Final = frozenset(
    {"point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"}
)
"""Encodings of GeoParquet 1.1 that are lists of coordinates, as GeoArrow has them."""
_SRID: Final = "srid:"


@dataclass(frozen=True, slots=True)
class GeometryColumn:
    """The primary geometry column.

    ``crs`` is what the file says: a PROJJSON object, a text, or None for "unknown"; ``has_crs``
    False leaves it to the standards, whose default is CRS84. ``others`` are further geometry
    columns, ``covering`` those that only repeat the bounds of geometries. ``spherical`` if edges
    are great circles.
    """

    name: str
    encoding: str = WKB
    has_crs: bool = False
    crs: object = None
    others: tuple[str, ...] = ()
    covering: frozenset[str] = frozenset()
    spherical: bool = False

    def notes(self) -> Iterator[Problem]:
        """Yield what the person importing should be told of the column."""
        if self.spherical:
            yield Problem("parquet-edges-spherical", {"column": self.name}, "warning")
        if self.others:
            params: dict[str, JSON] = {"column": self.name, "others": ", ".join(self.others)[:200]}
            yield Problem("parquet-other-geometries", params, "warning")

    def declared(self) -> CRS | None:
        """Return the system that the standards give where the file says nothing."""
        return None if self.has_crs else CRS.CRS84

    def in_file(self) -> CRS | SourceCRS | None:
        """Return the system that the file names.

        Raises
        ------
        UnknownCRSError
            If it is not understood.
        SourceError
            ``parquet-no-geometry`` if it is neither text nor object.
        """
        if self.crs is None:
            return None
        if isinstance(self.crs, str) and "[" in self.crs:  # WKT, as before version 1.0
            return source_crs_from_wkt(self.crs)
        if isinstance(self.crs, str):
            return declared_crs(self.crs.removeprefix(_SRID))
        if not isinstance(self.crs, dict):
            raise SourceError("parquet-no-geometry")
        return _by_identifier(self.crs) or source_crs_from_projjson(self.crs)


def geometry_column(file: Any) -> GeometryColumn:
    """Return the primary geometry column of an opened ``pyarrow.parquet.ParquetFile``.

    Raises
    ------
    SourceError
        ``parquet-no-geometry`` if there is none, ``parquet-encoding`` for one in an encoding
        that is not read.
    """
    metadata = file.schema_arrow.metadata or {}
    found = column_by_metadata(metadata[GEO]) if GEO in metadata else _by_type(file)
    if found is None or found.name not in file.schema_arrow.names:
        raise SourceError("parquet-no-geometry")
    if found.encoding != WKB and found.encoding not in NATIVE:
        raise SourceError("parquet-encoding", column=found.name, encoding=found.encoding[:40])
    return found


def column_by_metadata(raw: bytes) -> GeometryColumn | None:
    """Return the primary column that a GeoParquet file's metadata ``geo`` name, if they do."""
    try:
        meta = orjson.loads(raw)
        name, columns = meta["primary_column"], meta["columns"]
        column = columns[name]
        encoding = column["encoding"]
    except (KeyError, TypeError, orjson.JSONDecodeError):
        return None
    if not isinstance(column, dict) or not isinstance(encoding, str) or not isinstance(name, str):
        return None
    return GeometryColumn(
        name=name,
        encoding=encoding,
        has_crs="crs" in column,
        crs=column.get("crs"),
        others=tuple(str(other) for other in columns if other != name),
        covering=frozenset(_covering(column)),
        spherical=column.get("edges") == "spherical",
    )


def _covering(column: dict[str, Any]) -> Iterator[str]:
    """Yield the columns in which a file repeats the bounds of each geometry."""
    covering = column.get("covering")
    bbox = covering.get("bbox") if isinstance(covering, dict) else None
    for path in bbox.values() if isinstance(bbox, dict) else ():
        if isinstance(path, list) and path and isinstance(path[0], str):
            yield path[0]


def _by_type(file: Any) -> GeometryColumn | None:
    """Return the first column of Parquet's own type GEOMETRY or GEOGRAPHY."""
    typed = []
    for at in range(len(file.schema)):
        column = file.schema.column(at)
        logical = orjson.loads(column.logical_type.to_json())
        if logical.get("Type") in ("Geometry", "Geography"):
            typed.append((column.path, logical))
    if not typed:
        return None
    (name, logical), *others = typed
    crs = logical.get("crs")
    return GeometryColumn(
        name=name,
        has_crs=bool(crs),
        crs=crs_of_type(crs, file.schema_arrow.metadata or {}) if crs else None,
        others=tuple(path for path, _ in others),
        spherical=logical["Type"] == "Geography",
    )


def crs_of_type(text: str, metadata: dict[bytes, bytes]) -> object:
    """Return what the text of a type stands for: PROJJSON in it or by a key of the metadata."""
    key = text.removeprefix("projjson:")
    if key != text and key.encode() in metadata:
        text = metadata[key.encode()].decode("utf-8", "replace")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _by_identifier(crs: dict[str, Any]) -> SourceCRS | None:
    identifier = crs.get("id")
    if not isinstance(identifier, dict):
        return None
    authority, code = identifier.get("authority"), identifier.get("code")
    if authority == "OGC" and code == "CRS84":
        return source_crs_from_epsg(4326)
    return source_crs_from_epsg(code) if authority == "EPSG" and isinstance(code, int) else None
