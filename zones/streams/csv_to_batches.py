"""A CSV text in pieces -> batches of a table whose columns are all text, with their places."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.csv

from zones.crs.transform import CRS
from zones.formats.csv.delimiter import text_lines
from zones.formats.csv.row_remarks import Findings
from zones.formats.csv.split_rows import RowReader
from zones.formats.csv.table import distinct_names
from zones.streams.arrow_reader import no_rows
from zones.streams.coordinates_to_answers import Coordinates
from zones.streams.csv_cells_to_numbers import coordinates_of, short_rows
from zones.streams.csv_dialect import Dialect
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_row_faults import repaired
from zones.streams.csv_stream import CSVSplitter


class PlacedBatch(NamedTuple):
    """Rows of a table, where they lie, and what was found while they were read."""

    batch: pa.RecordBatch
    coordinates: Coordinates
    findings: Findings
    dialect: Dialect


class CSVReader:
    """A CSV text as batches; a row with cells beyond the header is told as one at fault."""

    def __init__(self, options: CSVOptions, crs: CRS) -> None:
        self._splitter = CSVSplitter(options, crs)

    def add(self, piece: bytes) -> Iterator[PlacedBatch]:
        """Take a piece and yield the batches that are whole by now."""
        return map(self._batch, self._splitter.add(piece))

    def end(self) -> Iterator[PlacedBatch]:
        """Yield the batches that are left."""
        yield from map(self._batch, [*self._splitter.end(), b""])

    def _batch(self, text: bytes) -> PlacedBatch:
        dialect = self._splitter.dialect
        assert dialect is not None  # noqa: S101 - no part comes before the header
        part = repaired(text, dialect)
        coordinates, findings = coordinates_of(part, dialect)
        findings = findings | short_rows(part.rows.cells(), dialect.columns_needed)
        names = _names(dialect.names)
        batch = batch_of_csv(dialect.text(part.text), names, dialect.delimiter)
        if batch.num_rows != len(part.rows):
            batch = _row_by_row(dialect.text(part.text), batch.schema, dialect.delimiter)
        return PlacedBatch(batch, coordinates, findings, dialect)


def _names(names: Sequence[str]) -> list[str]:
    """Return the names with a number where one is repeated, as imports call them."""
    renamed = zip(names, distinct_names([name.strip() for name in names]), strict=True)
    return [other if name.strip() and name.strip() != other else name for name, other in renamed]


def batch_of_csv(text: str, names: Sequence[str], delimiter: str) -> pa.RecordBatch:
    """Return whole rows of a CSV text as columns of text, as wide as the header."""
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    content = text.encode()
    if not content.strip(b"\r\n"):
        return no_rows(schema)
    places = [str(place) for place in range(len(names))]  # names may be the same
    kinds = dict.fromkeys(places, pa.string())
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(content),
            pyarrow.csv.ReadOptions(
                use_threads=False, block_size=len(content) + 1, column_names=places
            ),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        # Rows are not all as wide as the header.
        return _row_by_row(text, schema, delimiter)
    (batch,) = table.combine_chunks().to_batches()
    return pa.RecordBatch.from_arrays(batch.columns, schema=schema)


def _row_by_row(text: str, schema: pa.Schema, delimiter: str) -> pa.RecordBatch:
    """Return rows of any width, ten times slower: short ones filled up, long ones cut."""
    width = len(schema)
    rows = [row.cells for row in RowReader(text_lines(text), delimiter)]
    full = [(row + [""] * (width - len(row)))[:width] for row in rows]
    arrays = [pa.array(column, pa.string()) for column in zip(*full, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema) if full else no_rows(schema)
