"""Where the rows of a table lie: by two columns of numbers, or by one column of points."""

from collections.abc import Iterator
from typing import Final, Protocol

import numpy as np
import pyarrow as pa

from zones.crs.transform import CRS, believable_xy, coordinate_fault, from_storage_xy, to_storage_xy
from zones.errors import BulkError
from zones.formats.csv.tally import found_in_rows
from zones.lookup.bulk_answers import Floats, Ints
from zones.model import JSON, Problem
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_places import xy_columns
from zones.streams.geometry_columns import (
    PointColumn,
    is_wkb,
    point_column,
    storage_type,
)
from zones.streams.point_wkb import WKBPoints, wkb_points
from zones.streams.question import Coordinates, number_of_fault
from zones.streams.table_numbers import check_numbers, coarse_numbers, numbers_of

_SHOWN: Final = 200


class PositionColumns(Protocol):
    """Where rows lie; ``crs`` is the system of their coordinates.

    ``notes`` are what there is to tell; they may grow while batches are read.
    """

    crs: CRS
    notes: tuple[Problem, ...]

    def coordinates(self, batch: pa.RecordBatch) -> Coordinates:
        """Return the coordinates of a batch of the table."""
        ...


def table_place(schema: pa.Schema, options: CSVOptions, crs: CRS) -> PositionColumns:
    """Return what tells the place of a table's rows.

    Columns of coordinates that somebody names come first, then those with usual names, then a
    column of points.

    Raises
    ------
    BulkError
        There is nothing of it, a column holds something else, or is in a system that is not ours.
    """
    try:
        columns = xy_columns(schema.names, options.x_column, options.y_column)
    except BulkError as error:
        is_named = not (options.x_column is None and options.y_column is None)
        if error.code != "bulk-no-place" or is_named or (found := point_column(schema)) is None:
            raise
        return PointPositions(schema, found, _system_of(found, options, crs), options)
    return NumberColumns(schema, columns, crs)


class NumberColumns:
    """Two columns of numbers or texts."""

    def __init__(self, schema: pa.Schema, columns: tuple[int, int], crs: CRS) -> None:
        fields = [schema.field(at) for at in columns]
        for field in fields:
            check_numbers(field)
        self.crs = crs
        self.notes = tuple(coarse_numbers([(field.name, field.type) for field in fields], crs))
        self._columns = columns

    def coordinates(self, batch: pa.RecordBatch) -> Coordinates:
        """Return the coordinates of a batch of the table."""
        x, y = (numbers_of(batch.column(at)) for at in self._columns)
        found = found_in_rows(x.odd, y.odd)
        missing, bad = x.missing | y.missing, x.bad | y.bad
        return Coordinates(x.values, y.values, missing, bad, findings=found)


class PointPositions:
    """One column of points, in WKB or as pairs of numbers.

    Points in WKB may name a system of their own each (EWKB): that counts where no person names one.
    """

    def __init__(
        self, schema: pa.Schema, column: PointColumn, crs: CRS, options: CSVOptions
    ) -> None:
        self.crs = crs
        self._column = column
        self._rules = options.crs_is_given
        kind = storage_type(schema.field(column.at).type)
        self._is_wkb = is_wkb(kind)
        axes = [] if self._is_wkb else [(column.name, _axis_type(kind))]
        self.notes = (*_located(column, crs, options), *coarse_numbers(axes, crs))

    def coordinates(self, batch: pa.RecordBatch) -> Coordinates:
        """Return the coordinates of a batch of the table."""
        column = batch.column(self._column.at)
        if isinstance(column, pa.ExtensionArray):
            column = column.storage
        return self._in_wkb(column) if self._is_wkb else _pairs(column)

    def _in_wkb(self, column: pa.Array) -> Coordinates:
        points = _by_index(column) if pa.types.is_dictionary(column.type) else wkb_points(column)
        faults = np.where(points.other, number_of_fault("coordinate-not-of-point"), 0)
        x, y = points.x, points.y
        if points.srids.any():
            x, y, named = self._in_own_systems(points)
            faults = np.where(named, named, faults)
        return Coordinates(x, y, points.missing, points.unreadable | points.other, faults)

    def _in_own_systems(self, points: WKBPoints) -> tuple[Floats, Floats, Ints]:
        """Return coordinates of points, each of the system that it names itself, and faults."""
        x, y, faults = points.x.copy(), points.y.copy(), np.zeros(len(points.x), np.int64)
        known = {code: crs for crs in CRS if (code := _srid(crs))}
        others = [code for code, crs in known.items() if not _mean_alike(crs, self.crs)]
        strange = (points.srids != 0) & ~np.isin(points.srids, list(known))
        strange |= np.isin(points.srids, others)
        if self._rules:
            self._tell_overruled(points.srids[strange])
            return x, y, faults
        for code in set(others) & set(np.unique(points.srids[strange]).tolist()):
            rows = np.flatnonzero((points.srids == code) & ~points.missing)
            _move(x, y, faults, rows, known[code], self.crs)
        unknown = strange & ~np.isin(points.srids, others)
        faults[unknown] = number_of_fault("coordinate-other-srid")
        return x, y, faults

    def _tell_overruled(self, srids: Ints) -> None:
        code = "table-srid-overruled"
        if srids.size and not any(note.code == code for note in self.notes):
            params: dict[str, JSON] = {"srid": int(srids[0]), "given": self.crs.key}
            params["column"] = self._column.name[:_SHOWN]
            self.notes = (*self.notes, Problem(code, params, "warning"))


def _move(x: Floats, y: Floats, faults: Ints, rows: Ints, own: CRS, crs: CRS) -> None:
    """Bring rows from their own system to the table's; what has no place in theirs is a fault."""
    sound = believable_xy(x[rows], y[rows], own)
    for row in rows[~sound].tolist():
        fault = coordinate_fault(float(x[row]), float(y[row]), own)
        code = fault.code if fault else "coordinate-out-of-range"
        faults[row] = number_of_fault(code)
    rows = rows[sound]
    x[rows], y[rows] = from_storage_xy(*to_storage_xy(x[rows], y[rows], own), crs)


def _srid(crs: CRS) -> int:
    """Return the SRID of a system, 0 if it has none."""
    authority, _, code = crs.key.partition(":")
    return int(code) if authority == "EPSG" else 0


def _system_of(column: PointColumn, options: CSVOptions, usual_crs: CRS) -> CRS:
    """Return the system of a column of points: what a person says, else what the table says.

    Raises
    ------
    BulkError
        ``bulk-geometry-crs``: the table names a system that is not ours.
    """
    if options.crs_is_given or column.crs is None:
        return usual_crs
    if (own := column.system) is None:
        supported = ", ".join(crs.key for crs in CRS)
        raise BulkError(
            "bulk-geometry-crs", name=column.name[:80], crs=column.shown_crs, supported=supported
        )
    return own


def _located(column: PointColumn, crs: CRS, options: CSVOptions) -> Iterator[Problem]:
    """Yield which column was taken, and where its own word on its system does not count."""
    params: dict[str, JSON] = {"column": column.name[:_SHOWN], "crs": crs.key}
    if column.others:
        params["others"] = ", ".join(column.others)[:_SHOWN]
        yield Problem("table-one-of-geometries", params, "note")
    else:
        yield Problem("table-by-geometry", params, "note")
    own = column.system
    agrees = own is not None and _mean_alike(own, crs)
    if options.crs_is_given and column.crs is not None and not agrees:
        crs_params: dict[str, JSON] = {"column": column.name[:_SHOWN], "own": column.shown_crs}
        yield Problem("table-crs-overruled", crs_params | {"given": crs.key}, "warning")


def _mean_alike(one: CRS, other: CRS) -> bool:
    """Return whether the same numbers mean the same place in both systems."""
    return one is other or (one.is_lonlat and other.is_lonlat)


def _axis_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of the numbers of a column of pairs."""
    return kind.value_type if pa.types.is_fixed_size_list(kind) else kind.field("x").type


def _pairs(column: pa.Array) -> Coordinates:
    """Return the coordinates of positions as GeoArrow has them; those of empty points are NaN."""
    if pa.types.is_struct(column.type):
        axes = [column.field(name) for name in "xy"]
    else:
        size = column.type.list_size
        values = column.values.slice(column.offset * size, len(column) * size)
        places = np.arange(len(column)) * size
        axes = [values.take(pa.array(places + axis)) for axis in (0, 1)]
    x, y = map(numbers_of, axes)
    empty = np.isnan(x.values) & np.isnan(y.values)
    missing = np.asarray(column.is_null()) | x.missing | y.missing | empty
    return Coordinates(x.values, y.values, missing, np.zeros(len(column), bool))


def _by_index(column: pa.DictionaryArray) -> WKBPoints:
    """Return the points of a column in dictionary form, each of whose values is read once."""
    values = column.dictionary
    points = wkb_points(pa.concat_arrays([values, pa.nulls(1, values.type)]))
    indices = column.indices.cast(pa.int64()).fill_null(len(values))
    return points.take(indices.to_numpy())
