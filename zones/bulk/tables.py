"""Answers as columns of Arrow tables."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zones.bulk.answers import Bools, Floats
from zones.bulk.csv_dialect import CSVOptions, xy_columns
from zones.bulk.csv_scan import Ints
from zones.bulk.members import member_cells
from zones.bulk.placing import Coordinates, Tally, Task, fault_texts, place, storage_lonlat
from zones.errors import BulkError


class TableAnswers:
    """Adds answers to batches of one schema.

    Parameters
    ----------
    options
        What names the columns of coordinates; None if they come with each batch.
    taken
        Further names that no column of an answer may have.
    """

    def __init__(
        self,
        task: Task,
        schema: pa.Schema,
        options: CSVOptions | None,
        taken: Iterable[str] = (),
    ) -> None:
        self._task = task
        self._given = schema
        self._place = () if options is None else _checked_place(schema, options)
        columns = task.columns
        kinds = [pa.bool_() if column.is_flag else pa.string() for column in columns.told]
        kinds += [pa.float64()] * len(columns.distances)
        kinds += [pa.string()] * (len(columns.members) + 1)
        added = map(pa.field, columns.names_beside([*schema.names, *taken]), kinds)
        self.schema = pa.schema([*schema, *added], schema.metadata)
        self._faults = pa.array([None, *fault_texts(task.lang)], pa.string())
        self.tally = Tally()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of the answer."""
        return tuple(self.schema.names[len(self._given) :])

    def answered(self, batch: pa.RecordBatch, given: Coordinates | None = None) -> pa.RecordBatch:
        """Return the batch with the columns of the answer; ``given`` are its places, if known."""
        given = given or self._coordinates(batch)
        codes = place(self._task, given)
        self.tally.add(codes)
        added = [
            *self._told(codes),
            *self._distances(given, codes),
            *self._members(given, codes),
            self._fault(codes),
        ]
        return pa.RecordBatch.from_arrays([*batch.columns, *added], schema=self.schema)

    def _coordinates(self, batch: pa.RecordBatch) -> Coordinates:
        (x, x_missing, x_bad), (y, y_missing, y_bad) = (
            _numbers(batch.column(at)) for at in self._place
        )
        return Coordinates(x, y, x_missing | y_missing, x_bad | y_bad)

    def _told(self, codes: Ints) -> list[pa.Array]:
        answers = list(self._task.locator.answers)
        places = pa.array(codes, mask=codes < 0)
        first = len(self._given)
        return [
            pa.array(
                [column.value(answer) for answer in answers], self.schema.field(first + at).type
            ).take(places)
            for at, column in enumerate(self._task.columns.told)
        ]

    def _distances(self, given: Coordinates, codes: Ints) -> list[pa.Array]:
        if not self._task.columns.distances:
            return []
        lon, lat = storage_lonlat(self._task, given, codes)
        found = self._task.locator.border_distances(lon, lat, np.maximum(codes, -1))
        values = [
            getattr(found, name.removeprefix("border_")) for name in self._task.columns.distances
        ]
        return [pa.array(np.round(each, 1), mask=np.isnan(each)) for each in values]

    def _members(self, given: Coordinates, codes: Ints) -> list[pa.Array]:
        if not self._task.members:
            return []
        lon, lat = storage_lonlat(self._task, given, codes)
        return [member_cells(each, lon, lat, str, pa.string()) for each in self._task.members]

    def _fault(self, codes: Ints) -> pa.Array:
        return self._faults.take(pa.array(np.maximum(-codes, 0)))


def _checked_place(schema: pa.Schema, options: CSVOptions) -> tuple[int, int]:
    """Return the columns of x and y, which hold numbers or texts."""
    place = xy_columns(schema.names, options.x_column, options.y_column)
    for at in place:
        _check_kind(schema.field(at))
    return place


def _check_kind(field: pa.Field) -> None:
    kind = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    numbers = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not (numbers or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise BulkError("bulk-column-not-numbers", name=field.name[:80], kind=str(kind)[:80])


def _numbers(column: pa.Array) -> tuple[Floats, Bools, Bools]:
    """Return a column's numbers, which are missing and which are none."""
    if pa.types.is_dictionary(column.type):
        return _numbers_by_index(column)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    bad = np.zeros(len(column), bool)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column)
        blank = pc.equal(column, "").fill_null(fill_value=False).to_numpy(zero_copy_only=False)
        pattern = r"(?i)^([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,4})?|[+-]?(nan|inf))$"
        sound = pc.match_substring_regex(column, pattern).fill_null(fill_value=False)
        missing = missing | blank
        bad = ~sound.to_numpy(zero_copy_only=False) & ~missing
        column = pc.if_else(sound, column, None)
    values = column.cast(pa.float64(), safe=False).fill_null(np.nan)
    return values.to_numpy(zero_copy_only=False), missing, bad


def _numbers_by_index(column: pa.DictionaryArray) -> tuple[Floats, Bools, Bools]:
    """Return the same of a column in dictionary form, each of whose values is read once.

    Rows refer to texts of any length: written out, they would take memory without bound.
    """
    values, missing, bad = (
        np.append(each, last)
        for each, last in zip(_numbers(column.dictionary), (np.nan, True, False), strict=True)
    )
    places = column.indices.cast(pa.int64()).fill_null(len(column.dictionary)).to_numpy()
    return values[places], missing[places], bad[places]
