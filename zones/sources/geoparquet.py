"""A GeoParquet file -> layer and batches, read by Apache Arrow without GDAL."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from zones.errors import SourceError, SourceLimitError
from zones.model import JSON
from zones.reference_systems import CRS
from zones.source_crs import SourceCRS, source_crs_from_epsg, source_crs_from_projjson
from zones.sources.codec_names import UTF_8
from zones.sources.encoding import EncodingFinding
from zones.sources.gdal_values import json_column
from zones.sources.limits import Limits
from zones.sources.source_model import SourceBatch, SourceLayer, chosen_crs
from zones.sources.wkb import geometries_from_wkb

_BATCH_FEATURES = 2000
_META: Final = b"geo"
_WKB: Final = "WKB"
_MAGIC: Final = b"PAR1"
_NUMBERS: Final = ("int", "uint", "float", "double", "decimal", "half")


class GeoParquetSource:
    """An opened GeoParquet file; its primary geometry column is the place."""

    def __init__(self, file: BinaryIO, *, crs: str | None, limits: Limits) -> None:
        self._file = _opened(file)
        meta = _geo_meta(self._file.schema_arrow.metadata)
        self._geometry, told = _primary(meta)
        if self._file.metadata.num_rows > limits.max_features:
            raise SourceLimitError("too-many-features", most=limits.max_features)
        others = {str(name) for name in meta["columns"] if name != self._geometry}
        schema = self._file.schema_arrow
        self._names = [
            name for name in schema.names if name != self._geometry and name not in others
        ]
        declared = None if "crs" in told else CRS.CRS84  # the standard's default
        system, finding = chosen_crs(
            crs, in_format=declared, in_file=lambda: _crs_in_file(told.get("crs"))
        )
        self.layer = SourceLayer(
            format="geoparquet",
            layer=None,
            layers=(),
            encoding=EncodingFinding(UTF_8, "format"),
            crs=system,
            crs_finding=finding,
            field_types={name: _type_name(str(schema.field(name).type)) for name in self._names},
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
        wkb = np.array([*table.column(self._geometry).to_pylist(), None], dtype=object)[:-1]
        built = geometries_from_wkb(wkb, numbers)
        columns: list[list[JSON]] = [
            json_column(table.column(name).to_pylist()) for name in self._names
        ]
        rows: list[dict[str, JSON]] = [
            dict(zip(self._names, values, strict=True)) for values in zip(*columns, strict=True)
        ] or [{} for _ in numbers]
        return SourceBatch(numbers, built.geometries, [None] * len(wkb), rows, built.problems)


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


def _geo_meta(metadata: dict[bytes, bytes] | None) -> dict[str, Any]:
    try:
        told = orjson.loads((metadata or {})[_META])
        sound = isinstance(told["columns"], dict) and isinstance(told["primary_column"], str)
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise SourceError("parquet-no-geometry") from error
    if not sound:
        raise SourceError("parquet-no-geometry")
    checked: dict[str, Any] = told
    return checked


def _primary(meta: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = meta["primary_column"]
    told = meta["columns"].get(name)
    if not isinstance(told, dict) or told.get("encoding") != _WKB:
        raise SourceError("parquet-no-geometry")
    return name, told


def _crs_in_file(told: object) -> SourceCRS | None:
    """Return the system of a PROJJSON member: by its identifier if it has one that we know."""
    if told is None:  # the standard's word for "not known"
        return None
    if not isinstance(told, dict):
        raise SourceError("parquet-no-geometry")
    identifier = told.get("id")
    code = identifier.get("code") if isinstance(identifier, dict) else None
    authority = identifier.get("authority") if isinstance(identifier, dict) else None
    if authority == "OGC" and code == "CRS84":
        return source_crs_from_epsg(4326)
    if authority == "EPSG" and isinstance(code, int):
        return source_crs_from_epsg(code)
    return source_crs_from_projjson(told)


def _type_name(arrow_type: str) -> str:
    if arrow_type.startswith(_NUMBERS):
        return "number"
    return (
        "boolean" if arrow_type == "bool" else "date" if arrow_type.startswith("date") else "text"
    )
