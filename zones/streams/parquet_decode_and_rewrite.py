"""A Parquet file, or some of its row groups -> a Parquet file with answers, in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from zones.streams.parquet_types_arrow_drops import PLAIN, ParquetTypes, batch_to_write, with_types
from zones.streams.table_limits import check_views, schema_without_views, without_views

BATCH_ROWS: Final = 65_536
READ_BYTES: Final = 4 * 2**20
"""Of a column at a time; else all that a row group has of it would wait in memory."""
GROUP_ROWS: Final = 8 * BATCH_ROWS
"""Of a row group that is written: small ones take more room, and longer to read."""
GROUP_BYTES: Final = 128 * 2**20

_SPARK_SCHEMA: Final = b"org.apache.spark.sql.parquet.row.metadata"
_SPARK_TYPES: Final = {pa.string(): "string", pa.bool_(): "boolean", pa.float64(): "double"}


class ParquetPart:
    """Row groups of a Parquet file, read batch by batch on one core.

    Times that old programs wrote as INT96 become microseconds of UTC, which they are.

    Parameters
    ----------
    source
        An open file.
    groups
        Which row groups, all if None.
    """

    def __init__(self, source: Any, groups: Sequence[int] | None = None) -> None:
        self._file = pq.ParquetFile(
            source,
            pre_buffer=False,
            buffer_size=READ_BYTES,
            coerce_int96_timestamp_unit="us",
        )
        self._groups = groups
        schema = schema_without_views(_instants(self._file))
        self.schema: pa.Schema = with_types(self._file, schema)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in their order."""
        read = self._file.iter_batches(BATCH_ROWS, row_groups=self._groups, use_threads=False)
        for as_read in read:
            check_views(as_read)
            as_read.validate(full=True)
            batch = without_views(as_read)
            yield batch if batch.schema.equals(self.schema) else batch.cast(self.schema)


class RowWriter:
    """Writes batches of one schema, columns in the types that they had in a file."""

    def __init__(self, sink: Any, schema: pa.Schema, types: ParquetTypes) -> None:
        self._schema = types.schema_to_write(with_answers_for_spark(schema))
        self._writer = pq.ParquetWriter(sink, self._schema, compression="zstd", **types.options)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write a batch."""
        self._writer.write_batch(batch_to_write(batch, self._schema))

    def write_group(self, batches: Sequence[pa.RecordBatch], rows: int) -> None:
        """Write batches of so many rows as one row group."""
        typed = [batch_to_write(batch, self._schema) for batch in batches]
        self._writer.write_table(pa.Table.from_batches(typed), rows)

    def close(self) -> None:
        """Write the table of contents."""
        self._writer.close()


class GroupWriter:
    """Writes batches of one schema as row groups of half a million rows, or 128 MB."""

    def __init__(self, sink: Any, schema: pa.Schema, types: ParquetTypes = PLAIN) -> None:
        self._writer = RowWriter(sink, schema, types)
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._bytes = 0

    def __enter__(self) -> "GroupWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._flush()
        self._writer.close()

    def write(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Write batches."""
        for batch in batches:
            self._waiting.append(batch)
            self._rows += batch.num_rows
            self._bytes += batch.nbytes
            if self._rows >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
                self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_group(self._waiting, self._rows)
        self._waiting, self._rows, self._bytes = [], 0, 0


def with_answers_for_spark(schema: pa.Schema) -> pa.Schema:
    """Return the schema with its answers in the copy that Spark puts beside it, if there is one.

    Spark believes its copy and reads no column that is not in it.
    """
    metadata = dict(schema.metadata or {})
    if _SPARK_SCHEMA not in metadata:
        return schema
    copy = orjson.loads(metadata[_SPARK_SCHEMA])
    known = {each["name"] for each in copy["fields"]}
    copy["fields"] += [
        {"name": each.name, "type": _SPARK_TYPES[each.type], "nullable": True, "metadata": {}}
        for each in schema
        if each.name not in known and each.type in _SPARK_TYPES
    ]
    return schema.with_metadata(metadata | {_SPARK_SCHEMA: orjson.dumps(copy)})


def _instants(file: pq.ParquetFile) -> pa.Schema:
    """Return the schema of a file, INT96 columns as what they mean."""
    schema: pa.Schema = file.schema_arrow
    leaves = map(file.schema.column, range(len(file.schema)))
    old = {leaf.path for leaf in leaves if leaf.physical_type == "INT96"}
    for at, each in enumerate(schema):
        if each.name in old:
            schema = schema.set(at, each.with_type(pa.timestamp("us", "UTC")))
    return schema
