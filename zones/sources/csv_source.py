"""A CSV table with places -> layer and batches."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import BinaryIO, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zones.model import JSON, Problem
from zones.sources.csv_table import CSVTable, Place, cell_as_json, column_kinds
from zones.sources.limits import DEEPEST_NESTING
from zones.sources.source_model import SourceBatch, SourceLayer, chosen_crs

_BATCH_FEATURES = 2000
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{0,20})?(?:[eE][-+]?[0-9]{1,3})?")
_SRID: Final = re.compile(r"\s*SRID=[0-9]{1,6};", re.IGNORECASE)
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．－＋", "0123456789.-+")
_COLLECTION: Final = "GEOMETRYCOLLECTION"
_LONGEST_REASON = 200
_SHOWN = 40
_MOST_LOOKED_AT = 2000
_LEAST_NORTHING_M, _MOST_NORTHING_M = 1.5e6, 6.5e6  # from Hainan to the Amur
_ZONES: Final = range(13, 46)  # of six degrees from 13, of three to 45


class CSVSource:
    """A table of places; the columns that hold them are told by their names."""

    def __init__(self, file: BinaryIO, *, crs: str | None, encoding: str | None) -> None:
        self._table = CSVTable(file, encoding=encoding)
        self._kinds = column_kinds(self._table)
        place, notes = surveyors_place(self._table)
        self._place, names = place, self._table.names
        self._attributes = [at for at in range(len(names)) if at not in place.columns]
        system, finding = chosen_crs(crs)
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
            notes=(*self._table.encoding.remarks(), *notes),
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
            xs = [row[place.x or 0] for row in rows]
            ys = [row[place.y or 0] for row in rows]
            geometries, problems = _from_numbers(xs, ys, numbers)
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


def surveyors_place(table: CSVTable) -> tuple[Place, tuple[Problem, ...]]:
    """Return the columns of the place; x and y exchanged, with a note, where x is the northing.

    Surveyors in China call the north X. In metres the numbers tell which is which: there are no
    eastings between 1500 km and 6500 km, and no northings below 1500 km.
    """
    place = table.place
    if place.x is None or place.y is None or not place.named_xy:
        return place, ()
    pairs = [
        (x, y)
        for row in islice(table.rows(), _MOST_LOOKED_AT)
        if (x := _number(row[place.x])) is not None and (y := _number(row[place.y])) is not None
    ]
    if not pairs or not all(_is_north_first(x, y) for x, y in pairs):
        return place, ()
    x, y = pairs[0]
    note = Problem("csv-x-is-north", {"x": f"{x:.10g}", "y": f"{y:.10g}"}, "note")
    return replace(place, x=place.y, y=place.x), (note,)


def _is_north_first(x: float, y: float) -> bool:
    northing = _LEAST_NORTHING_M < x < _MOST_NORTHING_M
    easting, prefix = y % 1e6, y // 1e6
    return northing and 1e5 < easting < 9e5 and (prefix == 0 or prefix in _ZONES)  # noqa: PLR2004 - a zone's own width


def _from_numbers(
    xs: Sequence[str], ys: Sequence[str], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.object_], list[Problem]]:
    """Return points; a row with neither number has no place, one with half of a pair a fault."""
    geometries = np.full(len(xs), None, dtype=object)
    problems: list[Problem] = []
    for at, pair in enumerate(zip(xs, ys, strict=True)):
        x, y = (_number(text) for text in pair)
        if x is not None and y is not None:
            geometries[at] = shapely.Point(x, y)
        elif any(text.strip() for text in pair):
            value = ", ".join(text.strip()[:_SHOWN] for text in pair)
            problems.append(Problem("csv-not-numbers", {"value": value}, feature=int(numbers[at])))
    return geometries, problems


def _number(text: str) -> float | None:
    plain = text.strip().translate(_FULL_WIDTH)
    return float(plain) if _NUMBER.fullmatch(plain) else None


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
