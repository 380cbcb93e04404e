"""Parquet files from anybody: read in a confined process, which hands them on as an Arrow stream.

A few hundred bytes of Parquet may stand for a billion rows, a page of two gigabytes, or a text of
ten megabytes repeated in every row, and what a file declares of its sizes need not be true: no
check before decoding bounds the memory of decoding. And its decoders are a large piece of C++ with
a history of faults that end the process. So a file is read apart
(``zones.streams.file_in_sandbox``). What comes back is an Arrow stream, taken with the same
mistrust as one from a client (``zones.streams.arrow_reader``).
"""

from collections.abc import Generator, Iterator
from typing import IO, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from zones.errors import BulkError, SourceError, SourceLimitError
from zones.sandbox.limits import MEBIBYTE, Limits
from zones.streams.arrow_frames import LARGEST_MESSAGE, invalid
from zones.streams.arrow_reader import ArrowReader
from zones.streams.file_in_sandbox import FileApart
from zones.streams.parquet_types_arrow_drops import with_types
from zones.streams.table_limits import check_schema, schema_without_views, without_views

JOB: Final = "zones.streams.parquet_in_sandbox_child:hand_on"
_ROWS: Final = 16_384
_PIECE: Final = MEBIBYTE
_CPU_S_PER_MB: Final = 2


class ParquetApartReader:
    """A Parquet file, which ends with its table of contents: it waits on disk until it is whole.

    Parameters
    ----------
    limits
        Of the process that reads it.
    """

    def __init__(self, limits: Limits) -> None:
        self._file = FileApart(
            JOB, {}, limits, cpu_s_per_mb=_CPU_S_PER_MB, too_much="bulk-parquet-too-much"
        )

    def add(self, piece: bytes) -> Iterator[pa.RecordBatch]:
        """Take a piece; nothing can be read yet.

        Raises
        ------
        SourceLimitError
            ``bulk-parquet-too-much`` if the file is larger than what may be written of it.
        """
        self._file.add(piece)
        return iter(())

    def end(self) -> Iterator[pa.RecordBatch | None]:
        """Yield the batches; None as long as the process is at work, or waits for its turn."""
        with (yield from self._rows()) as rows:
            reader = ArrowReader()
            while piece := rows.read(_PIECE):
                yield from reader.add(piece)
            yield from reader.end()

    def _rows(self) -> Generator[None, None, IO[bytes]]:
        """Return what was read; say in the words of tables what went wrong."""
        try:
            found = yield from self._file.handed_on()
        except SourceLimitError as fault:
            raise self._file.too_much() from fault
        except SourceError as fault:
            if fault.code.startswith("bulk-"):
                raise BulkError(fault.code, loc=fault.loc, **fault.params) from fault
            raise invalid("the process that read it broke down") from fault
        return found.rows


def write_rows(source: BinaryIO, rows: BinaryIO) -> None:
    """Write a Parquet file's rows as an Arrow stream; what the confined process does."""
    parquet = pq.ParquetFile(source, pre_buffer=False)
    check_schema(parquet.schema_arrow)
    schema = with_types(parquet, schema_without_views(parquet.schema_arrow))
    with pa.ipc.new_stream(rows, schema) as writer:
        for batch in map(without_views, parquet.iter_batches(_ROWS, use_threads=False)):
            most = max(1, batch.num_rows * LARGEST_MESSAGE // (2 * max(batch.nbytes, 1)))
            for begin in range(0, batch.num_rows, most):
                writer.write_batch(batch.slice(begin, most))
