"""A CSV table with places -> layer and batches."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import BinaryIO, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.model import JSON, Problem
from zones.sources.csv_numbers import (
    halves,
    has_decimal_comma,
    is_degrees,
    is_latitude_first,
    is_north_first,
    number,
    pairs_of,
)
from zones.sources.csv_place import Place
from zones.sources.csv_table import CSVTable, cell_as_json, column_kinds
from zones.sources.limits import DEEPEST_NESTING
from zones.sources.source_model import SourceBatch, SourceLayer, chosen_crs

_BATCH_FEATURES = 2000
_SRID: Final = re.compile(r"\s*SRID=[0-9]{1,6};", re.IGNORECASE)
_COLLECTION: Final = "GEOMETRYCOLLECTION"
_LONGEST_REASON = 200
_SHOWN = 40
_MOST_LOOKED_AT = 2000


class CSVSource:
    """A table of places; the columns that hold them are told by their names."""

    def __init__(self, file: BinaryIO, *, crs: str | None, encoding: str | None) -> None:
        self._table = CSVTable(file, encoding=encoding)
        self._kinds = column_kinds(self._table)
        place, notes = oriented_place(self._table)
        self._place, names = place, self._table.names
        self._attributes = [at for at in range(len(names)) if at not in place.columns]
        system, finding = chosen_crs(crs, in_file=lambda: place.crs)
        self.layer = SourceLayer(
            format="csv",
            layer=None,
            layers=(),
            encoding=self._table.encoding,
            crs=system,
            crs_finding=finding,
            field_types={
                names[at]: "text" if self._kinds[at] == "text" else "number"
                for at in self._attributes
            },
            notes=(*self._table.notes(), *notes, *_datum_note(self._table, place)),
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the rows in order, each time with the fraction of the file that is done."""
        rows, done = self._table.rows(), 0
        while group := list(islice(rows, _BATCH_FEATURES)):
            numbers = np.arange(done + 1, done + len(group) + 1)
            done += len(group)
            yield self._table.progress(), self._batch(group, numbers)

    def _batch(self, rows: Sequence[Sequence[str]], numbers: NDArray[np.int64]) -> SourceBatch:
        place = self._place
        if place.wkt is not None:
            geometries, problems = _from_wkt([row[place.wkt] for row in rows], numbers)
        else:
            geometries, problems = _from_numbers(list(_numbers(rows, place)), numbers)
        return SourceBatch(
            numbers,
            geometries,
            [None] * len(rows),
            [self._properties(row) for row in rows],
            tuple(problems),
        )

    def _properties(self, row: Sequence[str]) -> dict[str, JSON]:
        names, kinds = self._table.names, self._kinds
        return {names[at]: cell_as_json(row[at], kinds[at]) for at in self._attributes}


def oriented_place(table: CSVTable) -> tuple[Place, tuple[Problem, ...]]:
    """Return the columns of the place with the east first, and a note if that was not plain.

    Where X is the northing, x and y are exchanged. Of a column with both numbers the order is
    told by the numbers, and by the column's name only if they leave it open.
    """
    place = table.place
    if place.wkt is not None or (place.pair is None and not place.named_xy):
        return place, ()
    as_written = replace(place, y_first=False)
    pairs = list(pairs_of(_numbers(islice(table.rows(), _MOST_LOOKED_AT), as_written)))
    if not pairs:
        return place, ()
    if place.pair is None:
        if not is_north_first(pairs):
            return place, ()
        return replace(place, x=place.y, y=place.x), (_told("csv-x-is-north", *pairs[0]),)
    by_numbers = is_north_first(pairs) or is_latitude_first(pairs)
    y_first = place.y_first if by_numbers is None else by_numbers
    east, north = pairs[0][::-1] if y_first else pairs[0]
    note = _told("csv-one-column", east, north, column=table.names[place.pair])
    crs = place.crs if all(is_degrees(pair) for pair in pairs) else None
    return replace(place, y_first=y_first, crs=crs), (note,)


def _datum_note(table: CSVTable, place: Place) -> Iterator[Problem]:
    """Yield what the names of the columns say of the datum."""
    if place.crs is not None:
        columns = ", ".join(table.names[at] for at in sorted(place.columns))
        params: dict[str, JSON] = {"columns": columns[:_LONGEST_REASON], "crs": place.crs.key}
        yield Problem("csv-datum-named", params, "note")


def _told(code: str, x: float, y: float, **params: str) -> Problem:
    return Problem(code, {"x": f"{x:.10g}", "y": f"{y:.10g}", **params}, "note")


def _numbers(rows: Iterable[Sequence[str]], place: Place) -> Iterator[tuple[str, str]]:
    """Yield x and y of each row as texts."""
    for row in rows:
        if place.pair is None:
            yield row[place.x or 0], row[place.y or 0]
        else:
            one, other = halves(row[place.pair])
            yield (other, one) if place.y_first else (one, other)


def _from_numbers(
    texts: Sequence[tuple[str, str]], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.object_], list[Problem]]:
    """Return points; a row with neither number has no place, one with half of a pair a fault."""
    geometries = np.full(len(texts), None, dtype=object)
    problems: list[Problem] = []
    for at, pair in enumerate(texts):
        x, y = (number(text) for text in pair)
        if x is not None and y is not None:
            geometries[at] = shapely.Point(x, y)
        elif any(text.strip() for text in pair):
            value = ", ".join(text.strip()[:_SHOWN] for text in pair if text.strip())
            comma = any(has_decimal_comma(text) for text in pair)
            code = "csv-decimal-comma" if comma else "csv-not-numbers"
            problems.append(Problem(code, {"value": value}, feature=int(numbers[at])))
    return geometries, problems


def _from_wkt(
    texts: Sequence[str], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.object_], list[Problem]]:
    geometries = np.full(len(texts), None, dtype=object)
    problems: list[Problem] = []
    for at, text in enumerate(texts):
        wkt = _SRID.sub("", text).strip()
        if not wkt:
            continue
        if wkt.upper().count(_COLLECTION) > DEEPEST_NESTING:  # GEOS breaks down over very many
            told: dict[str, JSON] = {"most": DEEPEST_NESTING}
            problems.append(Problem("collection-too-deep", told, feature=int(numbers[at])))
            continue
        try:
            with np.errstate(invalid="ignore"):  # NaN is for the validation to tell of
                geometries[at] = shapely.from_wkt(wkt)
        except (shapely.errors.GEOSException, NotImplementedError) as error:
            reason = str(error).partition(": ")[2][:_LONGEST_REASON]
            problems.append(
                Problem("geometry-broken", {"reason": reason}, feature=int(numbers[at]))
            )
    return geometries, problems
