"""Which layers a personal geodatabase lists, with their systems and what it says of their fields.

``GDB_GeomColumns`` has the layers and ``GDB_SpatialRefs`` their systems, as GDAL's former drivers
PGeo and MDB read them. What fields are called stands in ``GDB_Items`` since ArcGIS 10, as in a file
geodatabase, before that in ``GDB_FieldInfo``, by the number of the class in ``GDB_ObjectClasses``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zones.errors import SourceError
from zones.formats.gdal.filegdb_catalogue import described_fields, parsed_definitions
from zones.formats.mdb.pages import Pages, damaged
from zones.formats.mdb.tables import Table, table, tables
from zones.formats.mdb.values import READ, value_of
from zones.model import JSON, FieldInfo

_LAYERS, _SYSTEMS = "GDB_GeomColumns", "GDB_SpatialRefs"
_ITEMS, _CLASSES, _ALIASES = "GDB_Items", "GDB_ObjectClasses", "GDB_FieldInfo"
_KINDS: Final[Mapping[object, str]] = {
    1: "Point",
    2: "Multipoint",
    3: "Polyline",
    4: "Polygon",
    9: "Multipatch",
}
_OWN: Final = ("MSys", "GDB_")
_LONGEST_LIST = 200

Record = Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class MDBLayer:
    """A layer: its table, the column of shapes, the WKT of its system (empty where it has none)."""

    table: Table
    shape: str
    kind: str
    system: str
    fields: tuple[FieldInfo, ...]


def listed_layers(pages: Pages) -> list[MDBLayer]:
    """Return the layers in the order of the register.

    Raises
    ------
    SourceError
        ``mdb-no-layers`` where there is no register; ``no-layers`` where it is empty.
    """
    listed = tables(pages)
    if _LAYERS not in listed:
        own = [name for name in listed if not name.startswith(_OWN)]
        raise SourceError("mdb-no-layers", tables=", ".join(own)[:_LONGEST_LIST] or "—")
    systems = {row.get("SRID"): row.get("SRTEXT") for row in _records(pages, listed, _SYSTEMS)}
    found = [
        _layer(pages, listed, row, str(systems.get(row.get("SRID")) or ""))
        for row in _records(pages, listed, _LAYERS)
    ]
    if not found:
        raise SourceError("no-layers")
    return found


def _layer(pages: Pages, listed: Mapping[str, int], row: Record, system: str) -> MDBLayer:
    name, kind = str(row.get("TableName")), row.get("ShapeType")
    if name not in listed:
        raise damaged()
    return MDBLayer(
        table(pages, name, listed[name]),
        str(row.get("FieldName")),
        _KINDS.get(kind, str(kind)),
        system,
        tuple(_fields(pages, listed, name)),
    )


def _fields(pages: Pages, listed: Mapping[str, int], layer: str) -> Sequence[FieldInfo]:
    texts = (row.get("Definition") for row in _records(pages, listed, _ITEMS))
    if found := described_fields(parsed_definitions(texts), layer):
        return found
    classes = _records(pages, listed, _CLASSES)
    numbers = {row.get("ID") for row in classes if row.get("Name") == layer}
    return [
        FieldInfo(str(row.get("FieldName")), str(row.get("AliasName") or ""))
        for row in _records(pages, listed, _ALIASES)
        if row.get("ClassID") in numbers
    ]


def _records(pages: Pages, listed: Mapping[str, int], name: str) -> Iterator[Record]:
    """Yield the rows of a table by the names of its columns; none where there is no such table."""
    if name not in listed:
        return
    opened = table(pages, name, listed[name])
    for cells in opened.rows(pages):
        yield {
            column.name: value_of(cell, column, pages)
            for cell, column in zip(cells, opened.columns, strict=True)
            if column.kind in READ
        }
