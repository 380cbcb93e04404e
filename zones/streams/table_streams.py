"""Points in one form of table -> answers in another: CSV, Arrow streams and Parquet files."""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zones.crs.transform import CRS
from zones.errors import BulkError
from zones.streams.answer_columns import TableAnswers
from zones.streams.arrow_reader import ArrowReader, first_line, no_rows, read_faults
from zones.streams.batches_to_csv import CSVWriter
from zones.streams.coordinates_to_answers import PointQuestion, Tally
from zones.streams.csv_dialect import task_in
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_to_batches import CSVReader, PlacedBatch
from zones.streams.parquet_decode_and_rewrite import RowWriter
from zones.streams.parquet_types_arrow_drops import with_types
from zones.streams.prefetch import prefetch
from zones.streams.table_limits import (
    MOST_TEXT_BYTES,
    check_schema,
    check_views,
    schema_without_views,
    texts_written_out,
    without_views,
)

_BATCH_ROWS: Final = 65_536
_ANSWERED_ROWS: Final = 65_536
"""Rows of a batch that are answered at a time, however many it has, to bound memory."""

_NO_ROWS: Final = np.empty(0, np.int64)
_MOST_WRITTEN_BYTES: Final = 32 * 2**20
"""Of texts in dictionary form that are written out for each row."""


_Read: TypeAlias = pa.RecordBatch | PlacedBatch


class TableReader(Protocol):
    """Gives the batches of a file that comes in pieces, those of a CSV with their places."""

    def add(self, piece: bytes) -> Iterator[_Read]:
        """Take a piece and yield the batches that are whole by now."""
        ...

    def end(self) -> Iterator[_Read | None]:
        """Yield the batches that are left; one without rows if there were none.

        None is yielded while another process is at work, to be asked again a moment later.
        """
        ...


class ParquetReader:
    """A Parquet file of our own, which ends with its table of contents: it waits until whole.

    Read in this process, without limits; ``zones.streams.parquet_in_sandbox`` reads those of
    others.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="points-")  # noqa: SIM115 - closed with its last use

    def add(self, piece: bytes) -> Iterator[pa.RecordBatch]:
        """Take a piece; nothing can be read yet."""
        self._file.write(piece)
        return iter(())

    def end(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches."""
        with self._file as file, read_faults():
            file.seek(0)
            parquet = pq.ParquetFile(file, pre_buffer=False)
            schema = with_types(parquet, schema_without_views(parquet.schema_arrow))
            for batch in parquet.iter_batches(_BATCH_ROWS, use_threads=False):
                check_views(batch)
                batch.validate(full=True)
                yield without_views(batch).replace_schema_metadata(schema.metadata)
            yield no_rows(schema)


class _Taken(io.RawIOBase):
    """A file to write to whose bytes are taken away from time to time."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._gone = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self._bytes += data
        return size

    def tell(self) -> int:
        return self._gone + len(self._bytes)

    def take(self) -> bytes:
        taken, self._bytes = bytes(self._bytes), bytearray()
        self._gone += len(taken)
        return taken


def _csv_writer(file: _Taken, answers: TableAnswers) -> Any:
    return CSVWriter(file, answers.schema)


def _arrow_writer(file: _Taken, answers: TableAnswers) -> Any:
    return pa.ipc.new_stream(file, answers.schema)


def _parquet_writer(file: _Taken, answers: TableAnswers) -> Any:
    return RowWriter(file, answers.schema, answers.types)


_WRITERS: Final[dict[str, Callable[[_Taken, TableAnswers], Any]]] = {
    "csv": _csv_writer,
    "arrow": _arrow_writer,
    "parquet": _parquet_writer,
}
_MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8; header=present",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}


class TableStream:
    """Points from a reader, with answers, to a form of table."""

    def __init__(
        self, reader: TableReader, output_format: str, *, task: PointQuestion, options: CSVOptions
    ) -> None:
        self.tally = Tally()
        self.media_type = _MEDIA_TYPES[output_format]
        self._reader = reader
        self._output_format = output_format
        self._task = task
        self._options = options
        self._file = _Taken()
        self._answers: TableAnswers | None = None
        self._writer: Any = None

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece and yield the answers to what is whole by now."""
        return self._written(self._answered(self._reader.add(piece)))

    def end(self) -> Iterator[bytes]:
        """Yield the answers to what is left, and what the form has at its end.

        Nothing, as bytes, is yielded while another process is at work.
        """
        yield from self._written(self._answered(self._reader.end()))
        yield from self._closed()

    def all(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the answers to a whole file; another thread reads and answers what comes next."""
        yield from self._written(prefetch(self._answered(self._batches(pieces))))
        yield from self._closed()

    def _batches(self, pieces: Iterable[bytes]) -> Iterator[_Read | None]:
        for piece in pieces:
            yield from self._reader.add(piece)
        yield from self._reader.end()

    def _closed(self) -> Iterator[bytes]:
        with self._write_faults():
            self._writer.close()
        yield self._file.take()

    def _answered(self, batches: Iterator[_Read | None]) -> Iterator[pa.RecordBatch | None]:
        for read in batches:
            if read is None:
                yield None
            elif isinstance(read, PlacedBatch):
                yield from self._answered_csv(read)
            else:
                answers = self._answers or self._opened(read.schema, self._task, self._options)
                yield from map(answers.answered, _parts(read, self._output_format))

    def _answered_csv(self, read: PlacedBatch) -> Iterator[pa.RecordBatch]:
        task = task_in(self._task, read.dialect)
        answers = self._answers or self._opened(read.batch.schema, task, None)
        self.tally.notes = read.dialect.notes
        self.tally.add(_NO_ROWS, read.findings)
        begin = 0
        for part in _parts(read.batch, self._output_format):
            end = begin + part.num_rows
            yield answers.answered(part, read.coordinates.part(begin, end))
            begin = end

    def _written(self, answered: Iterator[pa.RecordBatch | None]) -> Iterator[bytes]:
        for batch in answered:
            if batch is None:
                yield b""
                continue
            with self._write_faults():
                self._writer.write_batch(batch)
            if taken := self._file.take():
                yield taken

    def _opened(
        self, schema: pa.Schema, task: PointQuestion, options: CSVOptions | None
    ) -> TableAnswers:
        with read_faults():
            check_schema(schema)
        self._answers = TableAnswers(task, schema, options, output_format=self._output_format)
        self._answers.tally = self.tally
        with self._write_faults():
            self._writer = _WRITERS[self._output_format](self._file, self._answers)
        return self._answers

    @contextmanager
    def _write_faults(self) -> Iterator[None]:
        """Tell that the form wanted has no way to write what the columns hold."""
        try:
            yield
        except (pa.ArrowException, ValueError, NotImplementedError) as error:
            raise BulkError(
                "bulk-not-to-be-written", form=self._output_format, reason=first_line(error)
            ) from error


def _parts(batch: pa.RecordBatch, output_format: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a batch in parts that are answered, and written, in bounded memory.

    Raises
    ------
    BulkError
        ``bulk-texts-too-long`` if a long text stands for itself in too many rows.
    """
    # Arrow refers to texts as it was given them.
    if output_format != "arrow" and texts_written_out(batch) > MOST_TEXT_BYTES:
        raise BulkError(
            "bulk-texts-too-long", form=output_format, limit_mb=MOST_TEXT_BYTES // 2**20
        )
    for begin in range(0, batch.num_rows, _ANSWERED_ROWS):
        part = batch.slice(begin, _ANSWERED_ROWS)
        if output_format == "arrow":
            yield part
        else:
            yield from _halves(part)


def _halves(part: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    rows = part.num_rows
    if rows == 1 or texts_written_out(part) <= _MOST_WRITTEN_BYTES:
        yield part
        return
    yield from _halves(part.slice(0, rows // 2))
    yield from _halves(part.slice(rows // 2))


def reader_of(form: str, options: CSVOptions, crs: CRS) -> TableReader:
    """Return what reads a form of table; ``crs`` is the system of its coordinates."""
    if form == "csv":
        return CSVReader(options, crs)
    return ArrowReader() if form == "arrow" else ParquetReader()
