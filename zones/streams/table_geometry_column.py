"""Which column of a table holds its points where none hold coordinates, and in which system.

Told by GeoParquet's metadata ``geo``, by the extension types of GeoArrow, by Parquet's own types
GEOMETRY and GEOGRAPHY, else by a usual name or the only pair of x and y. Of what a table says of
its system only identifiers are looked at: nothing from outside is given to PROJ here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
import pyarrow as pa

from zones.crs.reference_systems import CRS, parse_crs
from zones.errors import BulkError, SourceError, UnknownCRSError
from zones.formats.csv.coordinate_columns import place_of
from zones.formats.geoparquet.columns import GEO, column_by_metadata, crs_of_type
from zones.streams.parquet_types_arrow_drops import types_in

_WKB_TYPES: Final = frozenset({"geoarrow.wkb", "ogc.wkb"})
_POINT_TYPE: Final = "geoarrow.point"
_EXTENSION, _EXTENSION_METADATA = b"ARROW:extension:name", b"ARROW:extension:metadata"
_USUAL_NAMES: Final = frozenset(
    {"geometry", "geom", "geo", "the_geom", "wkb", "wkb_geometry", "shape", "point", "几何", "图形"}
)
_LAST_ID: Final = re.compile(
    r'(?:ID|AUTHORITY)\[\s*"(\w{1,20})"\s*,\s*"?(\w{1,20})"?\s*\]\s*\]\s*$', re.IGNORECASE
)
_LONGEST_CRS: Final = 65_536
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class PointColumn:
    """A column of points; ``crs`` is what the table says of its system, None if nothing."""

    at: int
    name: str
    crs: object = None
    others: tuple[str, ...] = ()

    @property
    def system(self) -> CRS | None:
        """The system that ``crs`` names, if it is one of ours."""
        return named_system(self.crs)

    @property
    def shown_crs(self) -> str:
        """What the table says of its system, in a few words."""
        crs = self.crs
        if isinstance(crs, dict):
            crs = _identifier(crs) or crs.get("name", "?")
        return " ".join(str(crs)[:_SHOWN].split())


def point_column(schema: pa.Schema) -> PointColumn | None:
    """Return the column of a table that holds its points, if there is one.

    Raises
    ------
    BulkError
        ``bulk-geometry-metadata`` if the metadata of GeoParquet are not understood,
        ``bulk-geometry-kind`` if the column holds something else than points.
    """
    found = _by_geo(schema) or _first(_by_extension(schema)) or _first(_by_type(schema))
    found = found or _first(_by_name(schema)) or _only_pair(schema)
    if found is None:
        return _of_texts(schema)
    field = schema.field(found.at)
    if not (is_wkb(storage_type(field.type)) or is_pair(storage_type(field.type))):
        kind = _extension(field)[0] or str(field.type)
        raise BulkError("bulk-geometry-kind", name=found.name[:_SHOWN], kind=kind[:_SHOWN])
    return found


def named_system(crs: object) -> CRS | None:
    """Return the system of ours that PROJJSON, WKT or a text names by an identifier.

    Examples
    --------
    >>> named_system({"type": "GeographicCRS", "id": {"authority": "EPSG", "code": 4490}}).key
    'EPSG:4490'
    >>> named_system("srid:4550").key, named_system("some system of mine")
    ('EPSG:4550', None)
    """
    text = _identifier(crs) if isinstance(crs, dict) else crs
    if not isinstance(text, str) or len(text) > _LONGEST_CRS:
        return None
    if last := _LAST_ID.search(text):
        text = f"{last[1]}:{last[2]}"
    try:
        return parse_crs(text.removeprefix("srid:"))
    except UnknownCRSError:
        return None


def storage_type(kind: pa.DataType) -> pa.DataType:
    """Return what a type is made of, if it is an extension."""
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def is_wkb(kind: pa.DataType) -> bool:
    """Return whether a column may hold WKB: bytes, also in dictionary form."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column holds texts, also in dictionary form."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def is_pair(kind: pa.DataType) -> bool:
    """Return whether a column holds positions as GeoArrow has them: x, y and perhaps more."""
    if pa.types.is_fixed_size_list(kind):
        return bool(kind.list_size in (2, 3, 4) and pa.types.is_floating(kind.value_type))
    if not pa.types.is_struct(kind):
        return False
    fields = {kind.field(at).name: kind.field(at).type for at in range(kind.num_fields)}
    if len(fields) < kind.num_fields or not {"x", "y"} <= fields.keys() <= set("xyzm"):
        return False
    return all(map(pa.types.is_floating, fields.values()))


def _identifier(crs: dict[str, Any]) -> str | None:
    identifiers = crs.get("id") or crs.get("ids")
    first = identifiers[0] if isinstance(identifiers, list) else identifiers
    if not isinstance(first, dict) or not {"authority", "code"} <= first.keys():
        return None
    return f"{first['authority']}:{first['code']}"[:_SHOWN]


def _first(found: Iterator[PointColumn]) -> PointColumn | None:
    """Return the first of columns that are as good as each other, the others with it."""
    columns = list(found)
    if not columns:
        return None
    others = tuple(each.name for each in columns[1:])
    return replace(columns[0], others=others)


def _by_geo(schema: pa.Schema) -> PointColumn | None:
    raw = (schema.metadata or {}).get(GEO)
    if raw is None:
        return None
    declared = column_by_metadata(raw)
    if declared is None:
        raise BulkError("bulk-geometry-metadata")
    at = schema.get_field_index(declared.name)
    if at < 0:
        return None  # a program that left out the column kept the metadata
    return PointColumn(at, declared.name, declared.crs, declared.others)


def _by_extension(schema: pa.Schema) -> Iterator[PointColumn]:
    for at, field in enumerate(schema):
        name, definition = _extension(field)
        if name.startswith("geoarrow.") or name in _WKB_TYPES:
            crs = definition.get("crs")
            metadata = schema.metadata or {}
            crs = crs_of_type(crs, metadata) if isinstance(crs, str) else crs
            yield PointColumn(at, field.name, crs)


def _extension(field: pa.Field) -> tuple[str, dict[str, Any]]:
    """Return the name and the metadata of a field's extension type, registered or not."""
    metadata = dict(field.metadata or {})
    name, raw = metadata.get(_EXTENSION, b""), metadata.get(_EXTENSION_METADATA, b"")
    if isinstance(field.type, pa.BaseExtensionType):
        name, raw = field.type.extension_name.encode(), field.type.__arrow_ext_serialize__()
    try:
        definition = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        definition = None
    return name.decode("utf-8", "replace"), definition if isinstance(definition, dict) else {}


def _by_type(schema: pa.Schema) -> Iterator[PointColumn]:
    for at, crs in types_in(schema).geometry_crs():
        if at < len(schema):
            declared = crs_of_type(crs, schema.metadata or {}) if crs else None
            yield PointColumn(at, schema.field(at).name, declared)


def _by_name(schema: pa.Schema) -> Iterator[PointColumn]:
    for at, field in enumerate(schema):
        kind = storage_type(field.type)
        if field.name.strip().lower() in _USUAL_NAMES and (is_wkb(kind) or is_pair(kind)):
            yield PointColumn(at, field.name)


def _of_texts(schema: pa.Schema) -> PointColumn | None:
    """Return the column of texts whose name says that it holds geometries (WKT, GeoJSON …)."""
    names = [field.name.strip() if is_text(field.type) else "" for field in schema]
    try:
        at = place_of(names).wkt
    except SourceError:
        return None
    return None if at is None else PointColumn(at, schema.field(at).name)


def _only_pair(schema: pa.Schema) -> PointColumn | None:
    pairs = [
        (at, field)
        for at, field in enumerate(schema)
        if pa.types.is_struct(storage_type(field.type)) and is_pair(storage_type(field.type))
    ]
    return PointColumn(pairs[0][0], pairs[0][1].name) if len(pairs) == 1 else None
