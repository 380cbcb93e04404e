"""A table with places, of a text or a workbook -> layer and batches."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.crs.reference_systems import CRS, parse_crs
from zones.crs.source_crs import SourceCRS
from zones.encoding.decide_encoding import EncodingFinding
from zones.errors import SourceError, UnknownCRSError
from zones.formats.csv.axis_order import PACKED, numbers_in, oriented
from zones.formats.csv.cell_geometry import geometries_from_cells
from zones.formats.csv.cell_texts import srids_of
from zones.formats.csv.column_kinds import CSVColumn, Kind, column_as_json, columns_of, padded_texts
from zones.formats.csv.coordinate_columns import CoordinateColumns
from zones.formats.csv.place_numbers import (
    coordinate,
    has_decimal_comma,
    is_plain_number,
    number,
    packed_number,
)
from zones.formats.csv.row_remarks import RowTally, found_in_pair, problems_of
from zones.formats.csv.split_rows import Row
from zones.model import JSON, Problem
from zones.source.file_findings import FormatName
from zones.source.model import SourceBatch, SourceLayer, chosen_crs, declared_crs
from zones.source.reading_choices import SourceChoice

_BATCH_FEATURES = 2000
_TYPES: Final = {"whole": "number"}
_MOST_SRIDS = 10
_SHOWN = 40


class TextTable(Protocol):
    """Rows of texts below names of columns, which may be gone through several times.

    ``names`` are told apart, ``headings`` as they stand. ``known_kinds`` are those of columns whose
    cells tell it, as in a workbook, whatever their texts look like.
    """

    names: list[str]
    headings: list[str]
    place: CoordinateColumns
    encoding: EncodingFinding
    known_kinds: dict[int, Kind]

    def records(self) -> Iterator[Row]:
        """Yield the rows, each at least as long as the header."""
        ...

    def rows(self) -> Iterator[list[str]]:
        """Yield the cells of the rows, as many as the header has."""
        ...

    def progress(self) -> float:
        """Return the fraction of the table that is done."""
        ...

    def notes(self) -> tuple[Problem, ...]:
        """Return what to tell of how the table was read."""
        ...


class TableSource:
    """A table of places; the columns that hold them are told by their names."""

    def __init__(
        self,
        table: TextTable,
        choice: SourceChoice,
        *,
        format_name: FormatName,
        layer: str | None = None,
        layers: tuple[str, ...] = (),
    ) -> None:
        self._table, names = table, table.names
        is_packed = None if choice.angles is None else choice.angles == "dms"
        place, notes = oriented(self._table.place, names, self._table.rows(), is_packed=is_packed)
        self._is_packed = bool(is_packed)
        self._place, findings = place, RowTally()
        self._srids: Counter[int] = Counter()
        numbers = {at for at, kind in table.known_kinds.items() if kind in ("whole", "number")}
        rows = self._watched(findings)
        columns = columns_of(rows, len(names), passed_over=numbers | place.columns)
        self._kinds: list[Kind] = [
            table.known_kinds.get(at, column.kind) for at, column in enumerate(columns)
        ]
        self._attributes = [
            at
            for at, column in enumerate(columns)
            # Separators at the ends of all rows make a column without a name and a value.
            if at not in place.columns and (table.headings[at] or column.filled or at in numbers)
        ]
        system, finding = chosen_crs(choice.crs, in_file=self._system_in_file)
        self.layer = SourceLayer(
            format=format_name,
            layer=layer,
            layers=layers,
            encoding=self._table.encoding,
            crs=system,
            crs_finding=finding,
            field_types={
                names[at]: _TYPES.get(self._kinds[at], self._kinds[at]) for at in self._attributes
            },
            may_be_packed=any(note.code == PACKED for note in notes),
            notes=(
                *self._table.notes(),
                *notes,
                *problems_of(findings.findings),
                *_about_srids(self._srids),
                *_about_columns({names[at]: columns[at] for at in self._attributes}),
            ),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the rows in order, each time with the fraction of the file that is done."""
        rows, done = self._table.records(), 0
        while group := list(islice(rows, _BATCH_FEATURES)):
            numbers = np.arange(done + 1, done + len(group) + 1)
            done += len(group)
            yield self._table.progress(), self._batch(group, numbers)

    def _watched(self, findings: RowTally) -> Iterator[list[str]]:
        """Yield the rows while what there is to tell of them is counted."""
        place = self._place
        named = max(
            (at for at, name in enumerate(self._table.headings, start=1) if name), default=0
        )
        known = {at for at, kind in self._table.known_kinds.items() if kind in ("whole", "number")}
        are_numbers = {place.x, place.y} <= known  # in cells of numbers, whatever they look like
        for row in findings.watching(self._table.records(), named=named):
            if place.wkt is None:
                if are_numbers:
                    yield row.cells
                    continue
                texts = next(numbers_in((row.cells,), place))
                if not all(map(is_plain_number, texts)):
                    for code, sample in found_in_pair(texts, [coordinate(text) for text in texts]):
                        findings.add(code, sample, row.line)
            else:
                self._srids.update(srids_of(row.cells[place.wkt]))
            yield row.cells

    def _system_in_file(self) -> CRS | SourceCRS | None:
        """Return the system that the columns or the geometries themselves name."""
        named = [srid for srid in self._srids if srid]
        if len(named) > 1:
            listed = ", ".join(f"SRID={srid} ({self._srids[srid]})" for srid in named[:_MOST_SRIDS])
            raise SourceError("csv-srids-mixed", srids=listed)
        return declared_crs(f"EPSG:{named[0]}") if named else self._place.crs

    def _batch(self, records: Sequence[Row], numbers: NDArray[np.int64]) -> SourceBatch:
        place, rows, flattened = self._place, [record.cells for record in records], 0
        if place.wkt is not None:
            read = geometries_from_cells([row[place.wkt] for row in rows], numbers)
            geometries, problems = read.geometries, [*read.problems, *read.remarks()]
            flattened = read.flattened
        else:
            pairs = list(numbers_in(rows, place))
            geometries, problems = _from_numbers(pairs, numbers, is_packed=self._is_packed)
        problems += _too_wide(records, numbers, len(self._table.names))
        return SourceBatch(
            numbers,
            geometries,
            [None] * len(rows),
            self._properties(rows),
            tuple(problems),
            flattened,
        )

    def _properties(self, rows: Sequence[Sequence[str]]) -> list[dict[str, JSON]]:
        names = [self._table.names[at] for at in self._attributes]
        columns = [
            column_as_json([row[at] for row in rows], self._kinds[at]) for at in self._attributes
        ]
        if not columns:
            return [{} for _ in rows]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _about_columns(columns: Mapping[str, CSVColumn]) -> Iterator[Problem]:
    """Yield what there is to tell of the columns that become properties."""
    for name, column in columns.items():
        yield from column.problems(name)
    yield from padded_texts(columns)


def _about_srids(srids: Counter[int]) -> Iterator[Problem]:
    """Yield how many geometries name no system where others do."""
    named = [srid for srid in srids if srid]
    if named and srids[0]:
        yield Problem("csv-srid-some", {"count": srids[0], "srid": named[0]}, "warning")


def own_system(crs: str | None) -> CRS | None:
    """Return the system that a person named, if it is one of our own."""
    try:
        return parse_crs(crs) if crs else None
    except UnknownCRSError:
        return None


def _too_wide(records: Sequence[Row], numbers: NDArray[np.int64], width: int) -> Iterator[Problem]:
    """Yield the rows with more cells than the header: which of them stands where is not known."""
    for record, number_ in zip(records, numbers.tolist(), strict=True):
        if len(record.cells) > width:
            surplus = ", ".join(cell.strip() for cell in record.cells[width:])
            params: dict[str, JSON] = {
                "line": record.line,
                "cells": record.cell_count,
                "width": width,
                "surplus": surplus[:_SHOWN],
            }
            yield Problem("csv-row-too-wide", params, feature=number_)


def _from_numbers(
    texts: Sequence[tuple[str, str]], numbers: NDArray[np.int64], *, is_packed: bool
) -> tuple[NDArray[np.object_], list[Problem]]:
    """Return points; a row with neither number has no place, one with half of a pair a fault.

    With ``is_packed`` numbers are ``ddd.mmssss`` where they can be.
    """
    read = packed_number if is_packed else number
    geometries = np.full(len(texts), None, dtype=object)
    problems: list[Problem] = []
    places, found = list[int](), list[tuple[float, float]]()
    for at, pair in enumerate(texts):
        x, y = read(pair[0]), read(pair[1])
        if x is not None and y is not None:
            places.append(at)
            found.append((x, y))
        elif any(text.strip() for text in pair):
            value = ", ".join(text.strip()[:_SHOWN] for text in pair if text.strip())
            comma = any(has_decimal_comma(text) for text in pair)
            code = "csv-decimal-comma" if comma else "csv-not-numbers"
            problems.append(Problem(code, {"value": value}, feature=int(numbers[at])))
    if found:
        geometries[places] = shapely.points(found)
    return geometries, problems
