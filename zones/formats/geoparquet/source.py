"""A GeoParquet file -> layer and batches, read by Apache Arrow without GDAL."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from zones.encoding.decide_encoding import EncodingFinding
from zones.encoding.encoding_names import UTF_8
from zones.errors import SourceError, SourceLimitError
from zones.formats.gdal.values import as_doubles, json_column
from zones.formats.geoparquet.columns import geometry_column
from zones.formats.geoparquet.geometry import geometries_of
from zones.formats.geoparquet.titles import titled_fields
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
        self._names = [name for name in schema.names if name not in left_out]
        infos = field_infos(titled_fields(schema), self._names)
        system, finding = chosen_crs(crs, in_format=column.declared(), in_file=column.in_file)
        self.layer = SourceLayer(
            format="geoparquet",
            layer=None,
            layers=(),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            field_types={name: _type_name(str(schema.field(name).type)) for name in self._names},
            notes=(*column.notes(), *infos.notes),
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
        columns = [_values(table.column(name)) for name in self._names]
        rows: list[dict[str, JSON]] = [
            dict(zip(self._names, values, strict=True)) for values in zip(*columns, strict=True)
        ] or [{} for _ in numbers]
        return SourceBatch(numbers, built.geometries, [None] * len(numbers), rows, built.problems)


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


def _values(column: Any) -> list[JSON]:
    """Return a column as JSON has it; numbers of fewer than eight bytes by their own digits."""
    import pyarrow as pa

    if pa.types.is_float16(column.type) or pa.types.is_float32(column.type):
        numbers = as_doubles(column.to_numpy(zero_copy_only=False)).tolist()
        present = column.is_valid().to_pylist()
        return [n if there else None for n, there in zip(numbers, present, strict=True)]
    if pa.types.is_decimal(column.type):
        return [None if value is None else _decimal(value) for value in column.to_pylist()]
    return json_column(column.to_pylist())


def _decimal(value: Decimal) -> JSON:
    """Return a decimal as the number that shows the same digits, else as its text."""
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)


def _type_name(arrow_type: str) -> str:
    if arrow_type.startswith(_NUMBERS):
        return "number"
    return (
        "boolean" if arrow_type == "bool" else "date" if arrow_type.startswith("date") else "text"
    )
