"""A CSV text in pieces -> the same text with answers at the end of each row.

Rows keep their order and their bytes: what stood in them is not written anew, the answers are put
in before the line break. A row shorter than the header gets the cells that it lacks, so that
answers stand below their names; of one that is wider, what is beyond the header comes behind the
answers. Blank lines stay blank. A wrong row is answered in its place. UTF-16 is answered in UTF-8.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from zones.crs.transform import CRS
from zones.errors import BulkError, SourceError
from zones.formats.csv.delimiter import begins_as_utf16
from zones.formats.csv.row_remarks import Findings
from zones.lookup.bulk_locator import Floats
from zones.model import Problem
from zones.streams.containing_feature_columns import member_cells
from zones.streams.coordinates_to_answers import (
    Coordinates,
    PointQuestion,
    Tally,
    fault_texts,
    place,
    storage_lonlat,
)
from zones.streams.csv_append_answers import binary_array, joined
from zones.streams.csv_cells_to_numbers import coordinates_of, short_rows
from zones.streams.csv_dialect import BOM, Dialect, read_dialect, task_in
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_row_faults import repaired
from zones.streams.csv_scan import Ints

START: Final = 256 * 1024
"""So much of a text is looked at to tell its encoding and delimiter."""
PART: Final = 512 * 1024
"""Bytes answered at a time: little enough to stay in the cache, much enough for arrays."""
LONGEST_ROW: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """A part with its answers, their numbers as ``place`` gives them, and what was found."""

    text: bytes
    codes: Ints
    findings: Findings


class CSVSplitter:
    """Cuts a text that comes in pieces of any size into the header and parts of whole rows.

    Parameters
    ----------
    given
        The system of its coordinates.
    """

    def __init__(self, options: CSVOptions, crs: CRS, *, part_bytes: int = PART) -> None:
        self._options = options
        self._crs = crs
        self._part_bytes = part_bytes
        self._waiting = bytearray()
        self._decoder: codecs.IncrementalDecoder | None = None
        self.dialect: Dialect | None = None
        self.header = b""

    def add(self, piece: bytes) -> list[bytes]:
        """Take a piece; return the parts that are whole now, none before the header is read."""
        self._take(piece)
        if self.dialect is None and len(self._waiting) < START:
            return []
        return self._parts(self._part_bytes)

    def end(self) -> list[bytes]:
        """Return what is left, after the last piece; its last row may lack a line break.

        Raises
        ------
        BulkError
            If there was not even a header.
        """
        if self.dialect is None:
            self._begin_in_utf16()
        if self._decoder is not None:
            self._take(b"", at_end=True)
        parts = self._parts(0)
        rest, self._waiting = bytes(self._waiting), bytearray()
        return [*parts, rest] if rest else parts

    def _take(self, piece: bytes, *, at_end: bool = False) -> None:
        """Take a piece, one in UTF-16 as UTF-8."""
        if self._decoder is not None:
            try:
                piece = self._decoder.decode(piece, at_end).encode()
            except UnicodeError as error:
                raise SourceError("csv-utf16-damaged") from error
        self._waiting += piece
        if self._decoder is None and self.dialect is None and len(self._waiting) >= START:
            self._begin_in_utf16()

    def _begin_in_utf16(self) -> None:
        """Read what waits as UTF-16, if it begins so; Excel wants the answer to begin likewise."""
        if self._decoder is None and begins_as_utf16(bytes(self._waiting[:4])):
            begun, self._waiting = bytes(self._waiting), bytearray(BOM)
            self._decoder = codecs.getincrementaldecoder("utf-16")()
            self._take(begun)

    def _parts(self, least: int) -> list[bytes]:
        dialect = self.dialect or self._begin()
        parts = []
        while len(self._waiting) > least:
            part = self._first(self._part_bytes)
            end = dialect.last_break(part)
            if not end and len(part) < len(self._waiting):
                end = self._long_row(dialect)
            if not end:
                break
            parts.append(part[:end] if end <= len(part) else self._first(end))
            del self._waiting[:end]
        return parts

    def _first(self, size: int) -> bytes:
        with memoryview(self._waiting) as view:
            return bytes(view[:size])

    def _begin(self) -> Dialect:
        if not self._waiting:
            raise BulkError("bulk-empty")
        options = self._options
        if self._decoder is not None:
            options = replace(options, encoding="utf-8")
        dialect, end = read_dialect(bytes(self._waiting), options, self._crs)
        note = () if self._decoder is None else (Problem("csv-utf16-answered", {}, "note"),)
        self.dialect = replace(dialect, notes=(*note, *dialect.notes))
        self.header = bytes(self._waiting[:end])
        del self._waiting[:end]
        return self.dialect

    def _long_row(self, dialect: Dialect) -> int:
        """Return where rows end of which one is longer than a part.

        A quote that nothing closes within the length of the longest row is text.
        """
        text = self._first(2 * LONGEST_ROW)
        end = dialect.last_break(text)
        if not end and len(self._waiting) > LONGEST_ROW:
            end = dialect.first_break(text)
            if not end:
                raise BulkError("bulk-row-too-long", limit_kb=LONGEST_ROW // 1024)
        return end


class CSVAnswers:
    """Puts answers into the parts of one text; any process or thread may take any part."""

    def __init__(self, task: PointQuestion, dialect: Dialect) -> None:
        self._task = task_in(task, dialect)
        self._dialect = dialect
        self._gaps = binary_array(
            dialect.delimiter.encode() * gap for gap in range(len(dialect.names) + 1)
        )
        self._faults = binary_array(dialect.row([text]) for text in ["", *fault_texts(task.lang)])
        self._answer_texts = binary_array([])

    def header(self, header: bytes) -> bytes:
        """Return the header with the names of the answers."""
        names = self._task.columns.names_beside(self._dialect.names)
        end = self._dialect.names_end or len(header)
        named, below = header[:end], header[end:]
        plain = named.rstrip(b"\r\n")
        return plain + self._dialect.row(names) + (named[len(plain) :] or b"\n") + below

    def answered(self, part: bytes) -> Answered:
        """Return the part with answers."""
        read = repaired(part, self._dialect)
        rows = read.rows
        if not len(rows):
            return Answered(part, np.empty(0, np.int64), {})
        coordinates, findings = coordinates_of(read, self._dialect)
        codes = place(self._task, coordinates)
        endings = [
            self._answers_of(codes),
            *self._distances_of(codes, coordinates),
            *self._members_of(codes, coordinates),
            self._fault_of(codes),
            *([] if read.surplus is None else [binary_array(read.surplus)]),
        ]
        cells = rows.cells()
        lacking = len(self._dialect.names) - cells
        if (lacking > 0).any():
            endings.insert(0, self._gaps.take(pa.array(np.maximum(lacking, 0))))
            findings = findings | short_rows(cells, self._dialect.columns_needed)
        return Answered(joined(read.text, rows, endings), codes, findings)

    def _answers_of(self, codes: Ints) -> pa.Array:
        """Return the cells of the answer; the first of the table is of rows without one."""
        if len(self._answer_texts) < max(codes.max() + 2, 1):
            columns = self._task.columns.attributes
            texts = [
                self._dialect.row([_cell(column.value(answer)) for column in columns])
                for answer in list(self._task.locator.answers)
            ]
            self._answer_texts = binary_array([self._dialect.row([""] * len(columns)), *texts])
        return self._answer_texts.take(pa.array(np.maximum(codes, -1) + 1))

    def _fault_of(self, codes: Ints) -> pa.Array:
        return self._faults.take(pa.array(np.maximum(-codes, 0)))

    def _distances_of(self, codes: Ints, coordinates: Coordinates) -> Iterable[pa.Array]:
        """Yield the cells of each column of distances, blank where there is none."""
        if not self._task.columns.distances:
            return
        lon, lat = storage_lonlat(self._task, coordinates, codes)
        found = self._task.locator.border_distances(lon, lat, np.maximum(codes, -1))
        for name in self._task.columns.distances:
            values: Floats = getattr(found, name.removeprefix("border_"))
            texts = ["" if np.isnan(value) else f"{value:.1f}" for value in values.tolist()]
            yield binary_array(self._dialect.row([text]) for text in texts)

    def _members_of(self, codes: Ints, coordinates: Coordinates) -> Iterable[pa.Array]:
        """Yield the cells of each further collection."""
        if not self._task.members:
            return
        lon, lat = storage_lonlat(self._task, coordinates, codes)
        for members in self._task.members:
            yield member_cells(members, lon, lat, self._cell_of, pa.binary())

    def _cell_of(self, text: str) -> bytes:
        return self._dialect.row([text])


def _cell(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value or ""


class CSVStream:
    """A whole text, piece by piece, to the same text with answers."""

    def __init__(self, task: PointQuestion, options: CSVOptions | None = None) -> None:
        self.tally = Tally()
        self._task = task
        self._splitter = CSVSplitter(options or CSVOptions(), task.crs)
        self._answers: CSVAnswers | None = None
        self._header = b""

    @property
    def media_type(self) -> str:
        """The media type, with the text's own encoding once that is known."""
        dialect = self._splitter.dialect
        charset = "utf-8" if dialect is None else dialect.codec.lower()
        return f"text/csv; charset={charset}; header=present"

    def add(self, piece: bytes) -> Iterator[bytes]:
        """Take a piece and yield the answers to what is whole by now.

        Raises
        ------
        BulkError, SourceError
            The text cannot be read: no columns of coordinates, an unknown encoding.
        """
        return self._answered(self._splitter.add(piece))

    def end(self) -> Iterator[bytes]:
        """Yield the answers to what is left."""
        yield from self._answered(self._splitter.end())
        if self._header:
            yield self._header

    def _answered(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        dialect = self._splitter.dialect
        if dialect is not None and self._answers is None:
            self._answers = CSVAnswers(self._task, dialect)
            self.tally.notes = dialect.notes
            self._header = self._answers.header(self._splitter.header)
        for part in parts:
            assert self._answers is not None  # noqa: S101 - no part comes before the header
            answered = self._answers.answered(part)
            self.tally.add(answered.codes, answered.findings)
            # The header waits for rows: what is wrong with the first can still be told.
            yield self._header + answered.text
            self._header = b""
