"""A GeoParquet file -> layer and batches, read by Apache Arrow without GDAL."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.csv.table import distinct_names, repeated_names
from zones.formats.geoparquet.columns import geometry_column
from zones.formats.geoparquet.geometry import geometries_of
from zones.formats.geoparquet.titles import titled_fields
from zones.formats.geoparquet.values import values_of
from zones.model import JSON
from zones.sandbox.limits import Limits
from zones.source.field_descriptions import field_infos
from zones.source.model import SourceBatch, SourceLayer, chosen_crs

_BATCH_FEATURES = 2000
_MAGIC: Final = b"PAR1"
_NUMBERS: Final = ("int", "uint", "float", "double", "decimal", "half")


class GeoParquetSource:
    """An opened GeoParquet file; its primary geometry column is the place."""

    def __init__(self, file: BinaryIO, *, crs: str | None, limits: Limits) -> None:
        self._file = _opened(file)
        self._column = column = geometry_column(self._file)
        if self._file.metadata.num_rows > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        left_out = {column.name, *column.others, *column.covering}
        schema = self._file.schema_arrow
        self._places = [at for at, name in enumerate(schema.names) if name not in left_out]
        labels = [schema.names[at] for at in self._places]
        self._names = distinct_names(labels)
        infos = field_infos(titled_fields(schema), self._names)
        system, finding = chosen_crs(crs, in_format=column.declared(), in_file=column.in_file)
        self.layer = SourceLayer(
            format="geoparquet",
            layer=None,
            layers=(),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            field_types={
                name: _type_name(str(schema.field(at).type))
                for name, at in zip(self._names, self._places, strict=True)
            },
            notes=(*column.notes(), *infos.notes, *repeated_names(labels, self._names)),
            fields=infos.fields,
        )

    def batches(self) -> Iterator[tuple[float, SourceBatch]]:
        """Yield the features in order, each time with the fraction of the file that is done."""
        total, done = max(1, self._file.metadata.num_rows), 0
        try:
            for table in self._file.iter_batches(_BATCH_FEATURES, use_threads=False):
                numbers = np.arange(done + 1, done + table.num_rows + 1)
                done += table.num_rows
                yield done / total, self._batch(table, numbers)
        except _arrow_faults() as error:
            raise SourceError("source-unreadable") from error

    def _batch(self, table: Any, numbers: NDArray[np.int64]) -> SourceBatch:
        column = self._column
        built = geometries_of(table.column(column.name), column.encoding, numbers)
        named = zip(self._names, self._places, strict=True)
        read = [values_of(name, table.column(at)) for name, at in named]
        columns, problems = [values for values, _ in read], [remarks for _, remarks in read]
        rows: list[dict[str, JSON]] = [
            dict(zip(self._names, values, strict=True)) for values in zip(*columns, strict=True)
        ] or [{} for _ in numbers]
        remarks = (*built.problems, *chain.from_iterable(problems))
        return SourceBatch(numbers, built.geometries, [None] * len(numbers), rows, remarks)


def _opened(file: BinaryIO) -> Any:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise SourceError("parquet-not-one")
    file.seek(0)
    try:
        # Large, and only this format needs it; an installation may do without.
        from pyarrow import parquet
    except ImportError as error:
        raise SourceError("parquet-not-installed") from error
    try:
        return parquet.ParquetFile(file, pre_buffer=False)
    except _arrow_faults() as error:
        raise SourceError("source-unreadable") from error


def _arrow_faults() -> tuple[type[Exception], ...]:
    from pyarrow import ArrowException

    return (ArrowException, OSError, ValueError, OverflowError, KeyError)


def _type_name(arrow_type: str) -> str:
    if arrow_type.startswith(_NUMBERS):
        return "number"
    return (
        "boolean" if arrow_type == "bool" else "date" if arrow_type.startswith("date") else "text"
    )
