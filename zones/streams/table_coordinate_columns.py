"""Where the rows of a table lie: by two columns of numbers, or by one column of points."""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

import numpy as np
import pyarrow as pa

from zones.crs.transform import CRS
from zones.errors import BulkError
from zones.formats.csv.row_remarks import Finding, found_in_rows
from zones.lookup.bulk_locator import Floats, Ints
from zones.model import JSON, Problem
from zones.streams.coordinates_to_answers import Coordinates, number_of_fault
from zones.streams.csv_coordinate_columns import xy_columns
from zones.streams.csv_options import CSVOptions
from zones.streams.numbers_to_coordinates import check_numbers, coarse_numbers, numbers_of
from zones.streams.own_systems import found_systems, in_own_systems, mean_alike, of_other_systems
from zones.streams.point_texts import points_of_texts
from zones.streams.point_wkb import WKBPoints, wkb_points
from zones.streams.table_geometry_column import (
    PointColumn,
    is_text,
    is_wkb,
    point_column,
    storage_type,
)

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
    """One column of points, in WKB, as pairs of numbers or as texts (WKT, GeoJSON).

    Points in WKB or texts may name a system of their own each (EWKB, EWKT): that counts where no
    person names one.
    """

    def __init__(
        self, schema: pa.Schema, column: PointColumn, crs: CRS, options: CSVOptions
    ) -> None:
        self.crs = crs
        self._column = column
        self._rules = options.is_crs_stated
        kind = storage_type(schema.field(column.at).type)
        self._read = points_of_texts if is_text(kind) else wkb_points if is_wkb(kind) else None
        axes = [] if self._read else [(column.name, _axis_type(kind))]
        self.notes = (*_located(column, crs, options), *coarse_numbers(axes, crs))

    def coordinates(self, batch: pa.RecordBatch) -> Coordinates:
        """Return the coordinates of a batch of the table."""
        column = batch.column(self._column.at)
        if isinstance(column, pa.ExtensionArray):
            column = column.storage
        if self._read is None:
            return _pairs(column)
        if pa.types.is_dictionary(column.type):
            return self._placed(_by_index(column, self._read))
        return self._placed(self._read(column))

    def _placed(self, points: WKBPoints) -> Coordinates:
        faults = np.where(points.other, number_of_fault("coordinate-not-of-point"), 0)
        x, y, found = points.x, points.y, dict[str, Finding]()
        if points.srids.any():
            if not self._rules:
                found = found_systems(points.srids, self.crs, rules=False)
            x, y, named = self._in_named_systems(points)
            faults = np.where(named, named, faults)
        bad = points.unreadable | points.other
        return Coordinates(x, y, points.missing, bad, faults, found)

    def _in_named_systems(self, points: WKBPoints) -> tuple[Floats, Floats, Ints]:
        """Return coordinates of points, each of the system that it names itself, and faults."""
        if not self._rules:
            return in_own_systems(points, self.crs)
        self._note_overruled(points.srids[of_other_systems(points.srids, self.crs)])
        return points.x, points.y, np.zeros(len(points.x), np.int64)

    def _note_overruled(self, srids: Ints) -> None:
        code = "table-srid-overruled"
        if srids.size and not any(note.code == code for note in self.notes):
            params: dict[str, JSON] = {"srid": int(srids[0]), "given": self.crs.key}
            params["column"] = self._column.name[:_SHOWN]
            self.notes = (*self.notes, Problem(code, params, "warning"))


def _system_of(column: PointColumn, options: CSVOptions, usual_crs: CRS) -> CRS:
    """Return the system of a column of points: what a person says, else what the table says.

    Raises
    ------
    BulkError
        ``bulk-geometry-crs``: the table names a system that is not ours.
    """
    if options.is_crs_stated or column.crs is None:
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
    agrees = own is not None and mean_alike(own, crs)
    if options.is_crs_stated and column.crs is not None and not agrees:
        crs_params: dict[str, JSON] = {"column": column.name[:_SHOWN], "own": column.shown_crs}
        yield Problem("table-crs-overruled", crs_params | {"given": crs.key}, "warning")


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


def _by_index(column: pa.DictionaryArray, read: Callable[[pa.Array], WKBPoints]) -> WKBPoints:
    """Return the points of a column in dictionary form, each of whose values is read once."""
    values = column.dictionary
    points = read(pa.concat_arrays([values, pa.nulls(1, values.type)]))
    indices = column.indices.cast(pa.int64()).fill_null(len(values))
    return points.take(indices.to_numpy())
