"""The table of contents of a Parquet file, and that of the same file with further columns.

Columns of a row group may lie anywhere in a file. So columns are added to one without reading the
others: its bytes stay as they are, up to its table of contents, the new columns' bytes follow, and
a new table of contents tells of both. Names of fields are those of ``parquet.thrift``.
"""

import base64
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import pyarrow as pa

from zones.streams.thrift_compact import (
    BINARY,
    I32,
    I64,
    LIST,
    STRUCT,
    Struct,
    ThriftError,
    read_struct,
    write_struct,
)

MAGIC: Final = b"PAR1"
_TAIL: Final = 8
LARGEST: Final = 64 * 2**20
"""Bytes of a table of contents that are read; of larger ones nothing is added to."""

# FileMetaData
_SCHEMA, _NUM_ROWS, _ROW_GROUPS, _KEY_VALUES, _COLUMN_ORDERS, _ENCRYPTION = 2, 3, 4, 5, 7, 8
# SchemaElement
_NUM_CHILDREN = 5
# RowGroup
_COLUMNS, _BYTES, _GROUP_ROWS, _PACKED = 1, 2, 3, 6
# ColumnChunk
_FILE_PATH, _CHUNK_OFFSET, _META_DATA = 1, 2, 3
# ColumnMetaData
_PAGE_OFFSETS = (9, 10, 11, 14)
_ARROW_SCHEMA: Final = b"ARROW:schema"
_KEY, _VALUE = 1, 2


@dataclass(frozen=True, slots=True)
class ParquetFooter:
    """A table of contents, and where it begins in its file."""

    fields: Struct
    begin: int

    @property
    def group_rows(self) -> list[int]:
        """How many rows each row group has."""
        return [group[_GROUP_ROWS][1] for group in _listed(self.fields, _ROW_GROUPS)]

    @property
    def is_plain(self) -> bool:
        """Whether nothing is encrypted and all columns are in this file."""
        chunks = [
            chunk
            for group in _listed(self.fields, _ROW_GROUPS)
            for chunk in _listed(group, _COLUMNS)
        ]
        return _ENCRYPTION not in self.fields and not any(
            _FILE_PATH in chunk or _META_DATA not in chunk for chunk in chunks
        )


def read_footer(file: BinaryIO) -> ParquetFooter:
    """Return the table of contents of a Parquet file.

    Raises
    ------
    ThriftError
        It has none that can be read here.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    length = int.from_bytes(tail[:4], "little")
    begin = size - _TAIL - length
    if tail[4:] != MAGIC or length > LARGEST or begin < len(MAGIC):
        raise ThriftError("no table of contents at the end")
    file.seek(begin)
    return ParquetFooter(read_struct(file.read(length)), begin)


def with_columns(
    footer: ParquetFooter, added: list[tuple[ParquetFooter, int]], schema: pa.Schema
) -> bytes:
    """Return the end of a file, from its table of contents on, that has further columns.

    Parameters
    ----------
    added
        For each row group the table of contents of a file with the new columns of its rows, and
        by how many bytes these lie farther back in the whole.
    schema
        Arrow's of all columns; replaces that which is in the file, if there is one.
    """
    fields = dict(footer.fields)
    first = added[0][0].fields
    root, *new = _listed(first, _SCHEMA)
    own_root, *own = _listed(fields, _SCHEMA)
    children = own_root[_NUM_CHILDREN][1] + root[_NUM_CHILDREN][1]
    own_root = _sorted({**own_root, _NUM_CHILDREN: (I32, children)})
    fields[_SCHEMA] = LIST, (STRUCT, [own_root, *own, *new])
    groups = [
        _group_with(group, _listed(part.fields, _ROW_GROUPS)[0], shift)
        for group, (part, shift) in zip(_listed(fields, _ROW_GROUPS), added, strict=True)
    ]
    fields[_ROW_GROUPS] = LIST, (STRUCT, groups)
    if _COLUMN_ORDERS in fields:
        orders = [*_listed(fields, _COLUMN_ORDERS), *_listed(first, _COLUMN_ORDERS)]
        fields[_COLUMN_ORDERS] = LIST, (STRUCT, orders)
    if _KEY_VALUES in fields:
        fields[_KEY_VALUES] = LIST, (STRUCT, _key_values(fields, schema))
    written = write_struct(_sorted(fields))
    return written + len(written).to_bytes(4, "little") + MAGIC


def _group_with(group: Struct, part: Struct, shift: int) -> Struct:
    chunks = [_shifted(chunk, shift) for chunk in _listed(part, _COLUMNS)]
    larger = {
        size: (I64, group[size][1] + part[size][1])
        for size in (_BYTES, _PACKED)
        if size in group and size in part
    }
    columns = LIST, (STRUCT, [*_listed(group, _COLUMNS), *chunks])
    return _sorted({**group, **larger, _COLUMNS: columns})


def _shifted(chunk: Struct, shift: int) -> Struct:
    kind, fields = chunk[_META_DATA]
    pages = {at: (I64, fields[at][1] + shift) for at in _PAGE_OFFSETS if at in fields}
    offset = chunk[_CHUNK_OFFSET][1]
    moved = {
        _CHUNK_OFFSET: (I64, offset + shift if offset else 0),
        _META_DATA: (kind, _sorted({**fields, **pages})),
    }
    return _sorted({**chunk, **moved})


def _key_values(fields: Struct, schema: pa.Schema) -> list[Struct]:
    values = {**(schema.metadata or {})}
    packed = base64.b64encode(schema.serialize().to_pybytes())
    found = []
    for pair in _listed(fields, _KEY_VALUES):
        key = pair[_KEY][1]
        value = packed if key == _ARROW_SCHEMA else values.get(key)
        found.append(pair if value is None else _sorted({**pair, _VALUE: (BINARY, value)}))
    return found


def _listed(fields: Struct, number: int) -> list[Any]:
    listed: list[Any] = fields[number][1][1]
    return listed


def _sorted(fields: Struct) -> Struct:
    return dict(sorted(fields.items()))
