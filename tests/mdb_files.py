"""Databases of Access 2000 as bytes, with no more in them than a reader needs.

A writer of our own beside Jackcess, which ``zones/formats/test_mdb_by_jackcess.py`` uses where Java
and Maven are at hand. What this one writes, ``mdb-export`` of mdbtools 1.0 reads too.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

PAGE: Final = 4096
TRUTH, BYTE, SHORT, LONG, MONEY, SINGLE, DOUBLE, DATE, BYTES, TEXT, OLE, MEMO = range(1, 13)
GUID, NUMERIC = 15, 16
SIZES: Final = {TRUTH: 1, BYTE: 1, SHORT: 2, LONG: 4, MONEY: 8, SINGLE: 4, DOUBLE: 8, DATE: 8}
SIZES_MORE: Final = {GUID: 16, NUMERIC: 17}
FORMS: Final = {BYTE: "<B", SHORT: "<h", LONG: "<i", MONEY: "<q", SINGLE: "<f", DOUBLE: "<d"}
FORMS_MORE: Final = {DATE: "<d"}
LONGEST_ROW: Final = 2000
ROWS_OF_PAGE: Final = 200

Columns = dict[str, int]
Rows = Sequence[Sequence[Any]]
GK_123: Final = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_123E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",123.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def geodatabase(
    layers: dict[str, tuple[Columns, Rows]],
    *,
    wkt: str | None = GK_123,
    more: dict[str, tuple[Columns, Rows]] | None = None,
) -> bytes:
    """Return a personal geodatabase; the column ``Shape`` of each layer holds its shapes."""
    register = [(name, "Shape", 4, 1) for name in layers]
    tables = {
        "GDB_SpatialRefs": ({"SRID": LONG, "SRTEXT": MEMO}, [(1, wkt)]),
        "GDB_GeomColumns": (
            {"TableName": TEXT, "FieldName": TEXT, "ShapeType": LONG, "SRID": LONG},
            register,
        ),
        **layers,
        **(more or {}),
    }
    return database(tables)


def database(tables: dict[str, tuple[Columns, Rows]]) -> bytes:
    """Return a database of these tables, rows being values in the order of the columns."""
    file = _File()
    ids = [file.table(columns, rows) for columns, rows in tables.values()]
    listed = [(at, name, 1, 0, None) for at, name in zip(ids, tables, strict=True)]
    columns = {"Id": LONG, "Name": TEXT, "Type": SHORT, "Flags": LONG, "LvProp": OLE}
    file.table(columns, listed, at=2)
    return b"".join(file.pages)


def shape(geometry: BaseGeometry | None, *, kind: int | None = None) -> bytes:
    """Return a shape as Esri's programs write it, outlines clockwise."""
    if geometry is None:
        return struct.pack("<i", 0)
    if isinstance(geometry, shapely.Point):
        return struct.pack("<i2d", kind or 1, geometry.x, geometry.y)
    vertices = shapely.get_coordinates
    if isinstance(geometry, shapely.MultiPoint):
        points = vertices(geometry)
        head = struct.pack("<i4di", kind or 8, *geometry.bounds, len(points))
        return head + points.astype("<f8").tobytes()
    is_area = geometry.geom_type.endswith("Polygon")
    parts = [vertices(part) for part in (_rings(geometry) if is_area else _lines(geometry))]
    starts, count = [], 0
    for part in parts:
        starts.append(count)
        count += len(part)
    code = kind or (5 if is_area else 3)
    head = struct.pack("<i4d2i", code, *geometry.bounds, len(parts), count)
    body = b"".join(part.astype("<f8").tobytes() for part in parts)
    return head + struct.pack(f"<{len(starts)}i", *starts) + body


def _rings(geometry: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(shapely.orient_polygons(geometry, exterior_cw=True)):
        yield from (part.exterior, *part.interiors)


def _lines(geometry: BaseGeometry) -> Iterable[BaseGeometry]:
    return list(shapely.get_parts(geometry))


def compressed(text: str) -> bytes:
    """Return a text of Latin letters as Access compresses it."""
    return b"\xff\xfe" + text.encode("latin-1")


class _File:
    def __init__(self) -> None:
        head = b"\0\1\0\0Standard Jet DB\0\1".ljust(0x18, b"\0") + _masked(bytes(0x80))
        empty = bytes(PAGE)
        self.pages = [head.ljust(PAGE, b"\0"), empty, empty]

    def table(self, columns: Columns, rows: Rows, *, at: int | None = None) -> int:
        """Write a table and return the page of its definition."""
        at = at or self._add(b"")
        written = [self._row(columns, row) for row in rows]
        data = [self._data(piece, owner=at) for piece in _pieces(written)]
        usage = self._data([_usage(data)]) << 8
        definition = _definition(columns, len(rows), usage)
        self.pages[at] = definition.ljust(PAGE, b"\0")
        return at

    def _add(self, page: bytes) -> int:
        self.pages.append(page.ljust(PAGE, b"\0"))
        return len(self.pages) - 1

    def _data(self, rows: Sequence[bytes], *, owner: int = 0) -> int:
        end, starts, body = PAGE, [], b""
        for row in rows:
            end -= len(row)
            starts.append(end)
            body = row + body
        head = struct.pack("<BBHIIH", 1, 1, 0, owner, 0, len(rows))
        head += b"".join(struct.pack("<H", start) for start in starts)
        return self._add(head.ljust(end, b"\0") + body)

    def _row(self, columns: Columns, values: Sequence[Any]) -> bytes:
        fixed, lengths, mask = b"", [], 0
        for index, (kind, value) in enumerate(zip(columns.values(), values, strict=True)):
            if value is not None and value is not False:
                mask |= 1 << index
            if size := _size(kind):
                fixed += _number(kind, value).ljust(size, b"\0")
            else:
                lengths.append(self._cell(kind, value))
        start, offsets = 2 + len(fixed), []
        for cell in lengths:
            offsets.append(start)
            start += len(cell)
        offsets = [start, *reversed(offsets)]
        tail = struct.pack(f"<{len(offsets)}H", *offsets) + struct.pack("<H", len(lengths))
        bits = mask.to_bytes((len(columns) + 7) // 8, "little")
        return struct.pack("<H", len(columns)) + fixed + b"".join(lengths) + tail + bits

    def _cell(self, kind: int, value: Any) -> bytes:
        if value is None:
            return b""
        content = value if isinstance(value, bytes) else value.encode("utf-16-le")
        return self._long(content) if kind in (OLE, MEMO) else content

    def _long(self, content: bytes) -> bytes:
        """Return the cell of a long value: in itself, in a row elsewhere, or in a chain."""
        if len(content) <= 64:
            return struct.pack("<III", len(content) | 0x80000000, 0, 0) + content
        if len(content) <= LONGEST_ROW:
            return struct.pack("<III", len(content) | 0x40000000, self._data([content]) << 8, 0)
        pointer = 0
        for first in reversed(range(0, len(content), LONGEST_ROW)):
            piece = content[first : first + LONGEST_ROW]
            pointer = self._data([struct.pack("<I", pointer) + piece]) << 8
        return struct.pack("<III", len(content), pointer, 0)


def _masked(content: bytes) -> bytes:
    """Return a part of the first page as Access hides it: by RC4 with a key that all know."""
    key, box, other = b"\xc7\xda\x39\x6b", list(range(256)), 0
    for at in range(256):
        other = (other + box[at] + key[at % 4]) % 256
        box[at], box[other] = box[other], box[at]
    found, at, other = bytearray(), 0, 0
    for byte in content:
        at = (at + 1) % 256
        other = (other + box[at]) % 256
        box[at], box[other] = box[other], box[at]
        found.append(byte ^ box[(box[at] + box[other]) % 256])
    return bytes(found)


def _size(kind: int) -> int:
    return {**SIZES, **SIZES_MORE}.get(kind, 0)


def _number(kind: int, value: Any) -> bytes:
    if value is None or kind == TRUTH:
        return b""
    return value if isinstance(value, bytes) else struct.pack({**FORMS, **FORMS_MORE}[kind], value)


def _pieces(rows: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    piece: list[bytes] = []
    for row in rows:
        if len(piece) == ROWS_OF_PAGE or sum(map(len, piece)) + len(row) > 3000:
            yield piece
            piece = []
        piece.append(row)
    if piece:
        yield piece


def _usage(pages: Sequence[int]) -> bytes:
    first = min(pages, default=0)
    bits = sum(1 << page - first for page in pages)
    return b"\0" + struct.pack("<I", first) + bits.to_bytes(512, "little")


def _definition(columns: Columns, rows: int, usage: int) -> bytes:
    head = bytearray(63)
    head[:2] = b"\2\1"
    struct.pack_into("<I", head, 16, rows)
    head[40] = 0x4E
    variable = sum(not _size(kind) for kind in columns.values())
    struct.pack_into("<HHHIIII", head, 41, len(columns), variable, len(columns), 0, 0, usage, usage)
    entries, fixed_at, counted = b"", 0, 0
    for index, (name, kind) in enumerate(columns.items()):
        size = _size(kind)
        flags = (1 if size else 0) | (4 if name == "OBJECTID" else 0) | 2
        entry = bytearray(25)
        entry[0] = kind
        struct.pack_into("<HHH", entry, 5, index, counted, index)
        entry[11:13] = bytes([18, 4]) if kind == NUMERIC else b"\0\0"
        entry[15] = flags
        struct.pack_into("<HH", entry, 21, fixed_at, size or (510 if kind in (TEXT, BYTES) else 0))
        entries += bytes(entry)
        fixed_at, counted = (fixed_at + size, counted) if size else (fixed_at, counted + 1)
    names = [name.encode("utf-16-le") for name in columns]
    body = entries + b"".join(struct.pack("<H", len(name)) + name for name in names)
    struct.pack_into("<I", head, 8, len(head) + len(body))
    return bytes(head) + body
