"""Parquet files from anybody: read in a confined process, which hands them on as an Arrow stream.

A few hundred bytes of Parquet may stand for a billion rows, a page of two gigabytes, or a text of
ten megabytes repeated in every row, and what a file declares of its sizes need not be true: no
check before decoding bounds the memory of decoding. And its decoders are a large piece of C++ with
a history of faults that end the process. So a file is read as uploads are: in a process without
network and other files, with limits of memory, time and what it may write, whose end is not the
service's end. What comes back is an Arrow stream, taken with the same mistrust as one from a
client (``zones.streams.arrow_reader``). One file is read at a time; others wait.
"""

import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import IO, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from zones.errors import BulkError, SourceError, SourceLimitError
from zones.sandbox.limits import MEBIBYTE, Limits
from zones.sandbox.run import confined
from zones.streams.arrow_frames import LARGEST_MESSAGE, invalid
from zones.streams.arrow_reader import ArrowReader
from zones.streams.parquet_types import with_types
from zones.streams.table_limits import check_schema, schema_without_views, without_views

JOB: Final = "zones.streams.parquet_job:hand_on"
_ROWS: Final = 16_384
_PIECE: Final = MEBIBYTE
_LEAST_CPU_S: Final = 30
_CPU_S_PER_MB: Final = 2
_IN_TURN: Final = ThreadPoolExecutor(1, "parquet")


class ParquetApartReader:
    """A Parquet file, which ends with its table of contents: it waits on disk until it is whole.

    Parameters
    ----------
    limits
        Of the process: memory, what it writes, and seconds at most. Processor time is also
        bounded by the file's size.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._file: BinaryIO = tempfile.TemporaryFile(prefix="points-")  # noqa: SIM115 - closed in end
        self._size = 0

    def add(self, piece: bytes) -> Iterator[pa.RecordBatch]:
        """Take a piece; nothing can be read yet.

        Raises
        ------
        SourceLimitError
            ``bulk-parquet-too-much`` if the file is larger than what may be written of it.
        """
        self._size += len(piece)
        if self._size > self._limits.file_mb * MEBIBYTE:
            self._file.close()
            raise _too_much(self._limits)
        self._file.write(piece)
        return iter(())

    def end(self) -> Iterator[pa.RecordBatch | None]:
        """Yield the batches; None as long as the process is at work, or waits for its turn."""
        cpu_s = min(self._limits.cpu_s, _LEAST_CPU_S + _CPU_S_PER_MB * self._size // MEBIBYTE)
        limits = replace(self._limits, cpu_s=cpu_s)
        stopped = Event()
        self._file.flush()
        reading = _IN_TURN.submit(_handed_on, self._file, limits, stopped)
        try:
            while not reading.done():
                yield None
            with _rows_of(reading, limits) as rows:
                reader = ArrowReader()
                while piece := rows.read(_PIECE):
                    yield from reader.add(piece)
                yield from reader.end()
        finally:
            stopped.set()
            reading.cancel()


def _handed_on(file: BinaryIO, limits: Limits, stopped: Event) -> IO[bytes]:
    """Return the Arrow stream that another process makes of the file."""
    rows = tempfile.TemporaryFile(prefix="points-")  # noqa: SIM115 - closed by who reads it
    try:
        with file:
            confined(JOB, {}, source=file, taking=rows.writelines, limits=limits, cancelled=stopped)
    except BaseException:
        rows.close()
        raise
    rows.seek(0)
    return rows


def _rows_of(reading: "Future[IO[bytes]]", limits: Limits) -> IO[bytes]:
    """Return what was read; say in the words of tables what went wrong."""
    try:
        return reading.result()
    except SourceLimitError as fault:
        raise _too_much(limits) from fault
    except SourceError as fault:
        if fault.code.startswith("bulk-"):
            raise BulkError(fault.code, loc=fault.loc, **fault.params) from fault
        raise invalid("the process that read it broke down") from fault


def _too_much(limits: Limits) -> SourceLimitError:
    return SourceLimitError(
        "bulk-parquet-too-much",
        memory_mb=limits.mem_mb,
        file_mb=limits.file_mb,
        seconds=limits.cpu_s,
    )


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
