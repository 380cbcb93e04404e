"""File geodatabases with aliases, domains and subtypes, which pyogrio cannot write.

GDAL writes the geodatabase; the definitions in its table ``GDB_Items`` are then written anew from
the description of the format: a row is a length, flags of what is null, and the fields; those of
variable length begin with their own length as a varint. Rows go to the end of the table, and its
index is told where they are.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.format_files import by_gdal
from tests.source_files import zip_of

_TABLE, _INDEX = "plan.gdb/a00000004.gdbtable", "plan.gdb/a00000004.gdbtablx"
_ROWS_AT, _LARGEST_AT, _SIZE_AT = 4, 8, 24
_INDEX_HEAD, _INDEX_ROWS_AT = 16, 8


def geodatabase(
    geometries: Sequence[Any],
    columns: Mapping[str, Sequence[Any]],
    *,
    aliases: Mapping[str, str] | None = None,
    domains: Mapping[str, str] | None = None,
    definitions: Sequence[str] = (),
    more: str = "",
) -> bytes:
    """Return a zipped geodatabase with one layer, ``plan``.

    Parameters
    ----------
    aliases, domains
        Alias and name of the domain of fields.
    definitions
        Domains, see ``domain``.
    more
        XML for the layer's definition.
    """
    parts = by_gdal("OpenFileGDB", "plan.gdb", geometries, columns, geometry_type="MultiPolygon")
    items = _Items(parts[_TABLE], parts[_INDEX])

    def described(definition: str) -> str:
        for name in columns:
            told = f"<AliasName>{(aliases or {}).get(name, name)}</AliasName>"
            if name in (domains or {}):
                told += f"<DomainName>{(domains or {})[name]}</DomainName>"
            definition = definition.replace(f"<Name>{name}</Name>", f"<Name>{name}</Name>{told}")
        return definition.replace("<AliasName></AliasName>", "").replace(
            "<CLSID>", f"{more}<CLSID>", 1
        )

    layer = items.find(b"DEFeatureClassInfo")
    items.rewrite(layer, described)
    for definition in definitions:
        items.add(layer, definition)
    return zip_of({**parts, _TABLE: bytes(items.table), _INDEX: bytes(items.index)})


def domain(name: str, codes: Mapping[Any, str], kind: str = "String") -> str:
    """Return the definition of a domain of coded values."""
    values = "".join(
        f"<CodedValue><Name>{text}</Name><Code>{code}</Code></CodedValue>"
        for code, text in codes.items()
    )
    return (
        '<typens:GPCodedValueDomain2 xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.1">'
        f"<DomainName>{name}</DomainName><FieldType>esriFieldType{kind}</FieldType>"
        f"<CodedValues>{values}</CodedValues></typens:GPCodedValueDomain2>"
    )


def range_domain(name: str, low: float, high: float, kind: str = "Double") -> str:
    """Return the definition of a domain of numbers from ``low`` to ``high``."""
    return (
        '<typens:GPRangeDomain2 xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.1">'
        f"<DomainName>{name}</DomainName><FieldType>esriFieldType{kind}</FieldType>"
        f"<MaxValue>{high}</MaxValue><MinValue>{low}</MinValue></typens:GPRangeDomain2>"
    )


class _Items:
    """The table of definitions, whose rows are put at its end anew."""

    def __init__(self, table: bytes, index: bytes) -> None:
        self.table, self.index = bytearray(table), bytearray(index)
        (self._width,) = struct.unpack_from("<i", index, 12)

    def find(self, mark: bytes) -> int:
        """Return the number of the row, from 0, that holds the bytes."""
        return next(number for number in range(self._count()) if mark in self._row(number))

    def rewrite(self, number: int, change: Callable[[str], str]) -> None:
        """Change the definition of a row."""
        self._put(number, _with_definition(self._row(number), change))

    def add(self, like: int, definition: str) -> None:
        """Add a row like another with a definition of its own."""
        number = self._count()
        struct.pack_into("<i", self.table, _ROWS_AT, number + 1)
        struct.pack_into("<i", self.index, _INDEX_ROWS_AT, number + 1)
        self._put(number, _with_definition(self._row(like), lambda _: definition))

    def _count(self) -> int:
        return int(struct.unpack_from("<i", self.index, _INDEX_ROWS_AT)[0])

    def _entry(self, number: int) -> slice:
        start = _INDEX_HEAD + self._width * number
        return slice(start, start + self._width)

    def _row(self, number: int) -> bytes:
        at = int.from_bytes(self.index[self._entry(number)], "little")
        if not at:
            return b""
        (length,) = struct.unpack_from("<I", self.table, at)
        return bytes(self.table[at + 4 : at + 4 + length])

    def _put(self, number: int, row: bytes) -> None:
        at = len(self.table)
        self.index[self._entry(number)] = at.to_bytes(self._width, "little")
        self.table += struct.pack("<I", len(row)) + row
        (largest,) = struct.unpack_from("<i", self.table, _LARGEST_AT)
        struct.pack_into("<i", self.table, _LARGEST_AT, max(largest, len(row)))
        struct.pack_into("<q", self.table, _SIZE_AT, len(self.table))


def _with_definition(row: bytes, change: Callable[[str], str]) -> bytes:
    """Return the row with another definition in the place of its own, which is XML."""
    start = min(at for mark in (b"<?xml", b"<typens") if (at := row.find(mark)) >= 0)
    for width in (1, 2, 3):
        length = _length(row[start - width : start])
        whole = row[start : start + length]
        if len(whole) == length and whole.rstrip().endswith(b">"):
            told = change(whole.decode()).encode()
            return row[: start - width] + _varint(len(told)) + told + row[start + length :]
    raise AssertionError("no definition")


def _length(varint: bytes) -> int:
    return sum((byte & 0x7F) << 7 * place for place, byte in enumerate(varint))


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
