"""Batches of a table -> CSV: bytes as hexadecimal text, lists refused by their column's name."""

from typing import Any

import pyarrow as pa
import pyarrow.csv

from zones.errors import BulkError


class CSVWriter:
    """Writes batches of one schema.

    Raises
    ------
    BulkError
        ``bulk-csv-column`` for a column of lists, structures or maps, which no cell can hold.
    """

    def __init__(self, sink: Any, schema: pa.Schema) -> None:
        for field in schema:
            if pa.types.is_nested(_storage(field.type)):
                kind = str(field.type)[:80]
                raise BulkError("bulk-csv-column", name=field.name[:80], kind=kind)
        self._bytes = [at for at, field in enumerate(schema) if _is_bytes(_storage(field.type))]
        for at in self._bytes:
            schema = schema.set(at, pa.field(schema.field(at).name, pa.string()))
        self._schema = schema
        self._writer = pa.csv.CSVWriter(sink, schema)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write a batch, columns of bytes as PostGIS shows them: hexadecimal, in capitals."""
        columns = list(batch.columns)
        for at in self._bytes:
            texts = [None if raw is None else raw.hex().upper() for raw in _plain(columns[at])]
            columns[at] = pa.array(texts, pa.string())
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """Write what waits."""
        self._writer.close()


def _storage(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    ) or pa.types.is_fixed_size_binary(kind)


def _plain(column: pa.Array) -> list[bytes | None]:
    """Return the bytes of a column, those of a type such as UUID too."""
    storage = column.storage if isinstance(column.type, pa.BaseExtensionType) else column
    values: list[bytes | None] = storage.to_pylist()
    return values
