"""Answers as columns of Arrow tables."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pyarrow as pa

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
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_scan import Ints
from zones.streams.parquet_types_arrow_drops import metadata_without_types, types_in
from zones.streams.table_coordinate_columns import table_place


class TableAnswers:
    """Adds answers to batches of one schema.

    Parameters
    ----------
    options
        What names the columns of coordinates; None if they come with each batch.
    taken
        Further names that no column of an answer may have.
    wanted
        The form that is written: Parquet has types that it can lose.
    """

    def __init__(
        self,
        task: PointQuestion,
        schema: pa.Schema,
        options: CSVOptions | None,
        taken: Iterable[str] = (),
        *,
        output_format: str = "parquet",
    ) -> None:
        self._place = None if options is None else table_place(schema, options, task.crs)
        self._task = task if self._place is None else replace(task, crs=self._place.crs)
        self._crs = schema
        self.types = types_in(schema)
        self._lost = self.types.notes() if output_format == "parquet" else ()
        columns = task.columns
        kinds = [pa.bool_() if column.is_flag else pa.string() for column in columns.attributes]
        kinds += [pa.float64()] * len(columns.distances)
        kinds += [pa.string()] * (len(columns.members) + 1)
        added = map(pa.field, columns.names_beside([*schema.names, *taken]), kinds)
        self.schema = pa.schema([*schema, *added], metadata_without_types(schema))
        self._faults = pa.array([None, *fault_texts(task.lang)], pa.string())
        self.tally = Tally()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of the answer."""
        return tuple(self.schema.names[len(self._crs) :])

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What there is to tell of how the table is read, as far as it is."""
        return (*(() if self._place is None else self._place.notes), *self._lost)

    def answered(
        self, batch: pa.RecordBatch, coordinates: Coordinates | None = None
    ) -> pa.RecordBatch:
        """Return the batch with the columns of the answer; ``coordinates`` are its own, if any."""
        coordinates = coordinates or self._coordinates(batch)
        codes = place(self._task, coordinates)
        self.tally.add(codes, coordinates.findings)
        added = [
            *self._attribute_arrays(codes),
            *self._distances(coordinates, codes),
            *self._members(coordinates, codes),
            self._fault(codes),
        ]
        return pa.RecordBatch.from_arrays([*batch.columns, *added], schema=self.schema)

    def _coordinates(self, batch: pa.RecordBatch) -> Coordinates:
        """Return where the rows of a batch lie, and note how that was read."""
        assert self._place is not None  # noqa: S101 - or each batch comes with its places
        coordinates = self._place.coordinates(batch)
        self.tally.notes = self.notes
        return coordinates

    def _attribute_arrays(self, codes: Ints) -> list[pa.Array]:
        answers = list(self._task.locator.answers)
        places = pa.array(codes, mask=codes < 0)
        first = len(self._crs)
        return [
            pa.array(
                [column.value(answer) for answer in answers], self.schema.field(first + at).type
            ).take(places)
            for at, column in enumerate(self._task.columns.attributes)
        ]

    def _distances(self, coordinates: Coordinates, codes: Ints) -> list[pa.Array]:
        if not self._task.columns.distances:
            return []
        lon, lat = storage_lonlat(self._task, coordinates, codes)
        found = self._task.locator.border_distances(lon, lat, np.maximum(codes, -1))
        values = [
            getattr(found, name.removeprefix("border_")) for name in self._task.columns.distances
        ]
        return [pa.array(np.round(each, 1), mask=np.isnan(each)) for each in values]

    def _members(self, coordinates: Coordinates, codes: Ints) -> list[pa.Array]:
        if not self._task.members:
            return []
        lon, lat = storage_lonlat(self._task, coordinates, codes)
        return [member_cells(each, lon, lat, str, pa.string()) for each in self._task.members]

    def _fault(self, codes: Ints) -> pa.Array:
        return self._faults.take(pa.array(np.maximum(-codes, 0)))
