"""A Parquet file on disk -> the same file with answers; its own columns are carried over as bytes.

Row groups are answered by several threads and keep their rows. A file that is not so simple
(encrypted, in parts, with huge row groups, places in a column of points) is left to
``zones.streams.table_streams``.
"""

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from zones.errors import BulkError
from zones.formats.csv.row_remarks import Findings
from zones.lookup.bulk_locator import Ints
from zones.streams.answer_column_names import Value
from zones.streams.answer_columns import TableAnswers
from zones.streams.arrow_reader import read_faults
from zones.streams.coordinates_to_answers import FAULTS, PointQuestion, Summary, place
from zones.streams.csv_coordinate_columns import xy_columns
from zones.streams.csv_options import CSVOptions
from zones.streams.parquet_decode_and_rewrite import with_answers_for_spark
from zones.streams.parquet_footer import MAGIC, ParquetFooter, read_footer, with_columns
from zones.streams.table_limits import check_schema
from zones.streams.thrift_compact import ThriftError

MOST_ROWS: Final = 2**22
"""Of a row group, whose answers wait in memory until they are whole."""
_BATCH_ROWS: Final = 65_536
_COPIED: Final = 2**18
"""Bytes at a time, in one piece of memory: new ones would have to be cleared first."""


Counted = tuple[Ints, Findings]
"""Codes of a batch's rows, and what was found in them."""
Places = NDArray[np.int8 | np.int32]
"""Positions of values, below 0 for none."""
T = TypeVar("T")


class _Part(NamedTuple):
    """The answers of a row group as a Parquet file of its own, and what is counted of its rows."""

    file: pa.Buffer
    counted: list[Counted]


class ParquetBeside:
    """Writes a Parquet file anew with answers beside its columns; made by ``open_beside``."""

    def __init__(
        self, path: Path, schema: pa.Schema, footer: ParquetFooter, answers: "DictionaryAnswers"
    ) -> None:
        self._path, self._schema, self._footer = path, schema, footer
        self._answers = answers

    def write(
        self, target: BinaryIO, *, threads: int, progress: Callable[[float], None]
    ) -> Summary:
        """Write the file; return how many rows lie where.

        Parameters
        ----------
        progress
            Is told the share of rows that are answered.
        """
        groups = len(self._footer.group_rows)
        with ThreadPoolExecutor(threads) as pool, self._path.open("rb") as source:
            submitted = (pool.submit(self._part, group) for group in range(groups))
            waiting = deque(_first(submitted, 2 * threads))
            self._copy(source, target)
            at, added = self._footer.begin, []
            while waiting:
                part = waiting.popleft().result()
                waiting.extend(_first(submitted, 1))
                of_part = read_footer(io.BytesIO(part.file))
                added.append((of_part, at - len(MAGIC)))
                at += target.write(memoryview(part.file)[len(MAGIC) : of_part.begin])
                for codes, findings in part.counted:
                    self._answers.tally.add(codes, findings)
                progress(len(added) / groups)
        target.write(with_columns(self._footer, added, self._whole_schema()))
        self._answers.tally.notes = self._answers.notes
        return self._answers.summary()

    def _copy(self, source: io.BufferedReader, target: BinaryIO) -> None:
        """Copy the bytes before the table of contents."""
        left, piece = self._footer.begin, memoryview(bytearray(_COPIED))
        while count := source.readinto(piece[:left]):
            target.write(piece[:count])
            left -= count

    def _whole_schema(self) -> pa.Schema:
        fields = [*self._schema, *self._answers.added]
        return with_answers_for_spark(pa.schema(fields, self._schema.metadata))

    def _part(self, group: int) -> _Part:
        names = self._answers.read.names
        with read_faults():
            file = pq.ParquetFile(self._path, pre_buffer=False)
            table = file.read_row_group(group, names, use_threads=False).select(names)
            table.validate(full=True)
            batches = table.combine_chunks().to_batches(_BATCH_ROWS)
        answers, counted = self._answers.table(batches)
        sink = pa.BufferOutputStream()
        pq.write_table(
            answers,
            sink,
            row_group_size=MOST_ROWS,
            write_batch_size=MOST_ROWS,  # a column at once: in small batches it takes a half more
            compression="zstd",
        )
        return _Part(sink.getvalue(), counted)


class DictionaryAnswers(TableAnswers):
    """Answers as columns in dictionary form, which Parquet writes without a look at every text.

    Parameters
    ----------
    read
        Schema of the columns that tell the place.
    others
        Names of the table's other columns.
    """

    def __init__(
        self, task: PointQuestion, read: pa.Schema, options: CSVOptions, others: Iterable[str]
    ) -> None:
        super().__init__(task, read, options, others, output_format="beside")
        self.read = read

    @property
    def added(self) -> list[pa.Field]:
        """The columns of the answer."""
        return list(self.schema)[len(self.read) :]

    def summary(self) -> Summary:
        """Return what was counted."""
        return self.tally.summary(self._task.locator.answers)

    def table(self, batches: Iterable[pa.RecordBatch]) -> tuple[pa.Table, list[Counted]]:
        """Return the columns of the answer, and of each batch what is to be counted."""
        coordinates = [self._coordinates(batch) for batch in batches]
        codes = [place(self._task, each) for each in coordinates]
        parts = [
            [*self._distances(*pair), *self._members(*pair)]
            for pair in zip(coordinates, codes, strict=True)
        ]
        further = [pa.chunked_array(list(column)) for column in zip(*parts, strict=True)]
        whole = np.concatenate(codes)
        columns = [*self._attribute_arrays(whole), *further, self._fault(whole)]
        findings = [each.findings for each in coordinates]
        counted = list(zip(codes, findings, strict=True))
        return pa.table(columns, names=[field.name for field in self.added]), counted

    def _attribute_arrays(self, codes: Ints) -> list[pa.Array]:
        # Of the answers that occur here alone: which others are known depends on other threads.
        answers = self._task.locator.answers
        occurring = np.flatnonzero(np.bincount(codes[codes >= 0])).tolist()
        return [
            _dictionary_array({code: column.value(answers[code]) for code in occurring}, codes)
            for column in self._task.columns.attributes
        ]

    def _fault(self, codes: Ints) -> pa.Array:
        # As in ``_dictionary_array`` the last places are those of faults.
        places = np.full(int(codes.max(initial=-1)) + 1 + len(FAULTS), -1, np.int8)
        places[-len(FAULTS) :] = np.arange(len(FAULTS))[::-1]
        return _chosen(places[codes], self._faults.slice(1))


def _dictionary_array(values: Mapping[int, Value], codes: Ints) -> pa.Array:
    """Return the value of each row by its code; codes below 0 have none."""
    known = sorted({value for value in values.values() if value is not None})
    # The last places are those of faults, which are counted from the end.
    kind: type[np.int8 | np.int32] = np.int8 if len(known) <= np.iinfo(np.int8).max else np.int32
    places: Places = np.full(max(values, default=-1) + 1 + len(FAULTS), -1, kind)
    for code, value in values.items():
        places[code] = -1 if value is None else known.index(value)
    chosen = _chosen(places[codes], pa.array(known, _type_of(known)))
    return chosen if pa.types.is_string(chosen.type.value_type) else chosen.dictionary_decode()


def _type_of(known: Sequence[Value]) -> pa.DataType:
    return pa.bool_() if any(isinstance(value, bool) for value in known) else pa.string()


def _chosen(places: Places, values: pa.Array) -> pa.Array:
    """Return values by their places, none where that is below 0."""
    # From the bytes as they are: what Arrow makes of an array and a mask it looks at again, twice.
    some = pa.py_buffer(np.packbits(places >= 0, bitorder="little"))
    kind = pa.from_numpy_dtype(places.dtype)
    indices = pa.Array.from_buffers(kind, len(places), [some, pa.py_buffer(places)])
    return pa.DictionaryArray.from_arrays(indices, values, safe=False)


def open_beside(path: Path, task: PointQuestion, options: CSVOptions) -> ParquetBeside | None:
    """Return what answers a file, None where it is not so simple.

    Raises
    ------
    BulkError
        The file can be answered in no way.
    """
    with read_faults():
        schema: pa.Schema = pq.ParquetFile(path, pre_buffer=False).schema_arrow
        check_schema(schema)
    try:
        with path.open("rb") as file:
            footer = read_footer(file)
        at = sorted(set(xy_columns(schema.names, options.x_column, options.y_column)))
    except (ThriftError, BulkError):
        return None
    read = pa.schema([schema.field(each) for each in at])
    if not (_is_simple(footer) and _are_distinct(schema.names, read.names)):
        return None
    others = [name for each, name in enumerate(schema.names) if each not in at]
    return ParquetBeside(path, schema, footer, DictionaryAnswers(task, read, options, others))


def _is_simple(footer: ParquetFooter) -> bool:
    rows = footer.group_rows
    return footer.is_plain and bool(rows) and min(rows) > 0 and max(rows) <= MOST_ROWS


def _are_distinct(names: list[str], read: list[str]) -> bool:
    """Return whether the columns to read can be read by their names."""
    return len(set(names)) == len(names) and not any("." in name for name in read)


def _first(items: Iterator[T], count: int) -> list[T]:
    return list(islice(items, count))
