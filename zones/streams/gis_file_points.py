"""Points of foreign files (shapefiles, GeoPackages and the like) as tables and GeoJSON.

They are read as imports are: in a process without network, with limits. So a file holds at most
as many points as an import; longer lists are for CSV, Arrow and Parquet.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import shapely

from zones.errors import BulkError
from zones.ingest.import_report import problem_place, problem_text
from zones.ingest.read_source import Reading, ReadRequest, read_source
from zones.ingest.wire_features import ReadFeature
from zones.messages import Lang
from zones.model import JSON
from zones.questions_to_people import DecisionNeeded
from zones.sandbox.limits import Limits
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.geojson_stream import GeoJSONStream
from zones.streams.stream_base import PointStream
from zones.streams.table_streams import TableStream

_AT_ONCE: Final = 10_000
_LANGS: Final[tuple[Lang, Lang]] = ("zh", "en")
_LON, _LAT = "lon", "lat"


def read_points(
    path: Path, request: ReadRequest, limits: Limits, *, progress: Callable[[float], None]
) -> Sequence[ReadFeature]:
    """Return the features of a file, their points in EPSG:4490.

    Raises
    ------
    SourceError
        The file cannot be read; as ``DecisionNeeded`` where only a person can say what it means.
    BulkError
        ``bulk-source-rejected``: features that are at fault; the first reason is told.
    """
    reading = read_source(
        path, file_name=path.name, request=request, limits=limits, progress=progress
    )
    if reading.question is not None:
        raise DecisionNeeded(reading.question)
    if reading.errors:
        raise _rejected(reading)
    return reading.features


def open_points(
    features: Sequence[ReadFeature], output_format: str, task: PointQuestion
) -> PointStream:
    """Return a stream that answers features; nothing is added to it, all comes at its end."""
    if output_format == "geojson":
        return _AsGeoJSON(features, task)
    names = dict.fromkeys(name for feature in features for name in feature.properties)
    lon, lat = (_beside(name, names) for name in (_LON, _LAT))
    reader = _Features(features, (*names, lon, lat))
    return TableStream(reader, output_format, task=task, options=CSVOptions(lon, lat))


class _Features:
    """The batches of features: their properties, then longitude and latitude."""

    def __init__(self, features: Sequence[ReadFeature], names: Sequence[str]) -> None:
        self._features = features
        *self._fields, self._lon, self._lat = names

    def add(self, _piece: bytes) -> Iterator[pa.RecordBatch]:
        return iter(())

    def end(self) -> Iterator[pa.RecordBatch]:
        place = (pa.field(name, pa.float64()) for name in (self._lon, self._lat))
        schema = pa.schema([*map(self._field, self._fields), *place])
        for at in range(0, max(len(self._features), 1), _AT_ONCE):
            yield self._batch(self._features[at : at + _AT_ONCE], schema)

    def _field(self, name: str) -> pa.Field:
        kinds = {type(feature.properties.get(name)) for feature in self._features} - {type(None)}
        if kinds == {bool}:
            return pa.field(name, pa.bool_())
        if kinds == {int}:
            return pa.field(name, pa.int64())
        return pa.field(name, pa.float64() if kinds and kinds <= {int, float} else pa.string())

    def _batch(self, features: Sequence[ReadFeature], schema: pa.Schema) -> pa.RecordBatch:
        points = [_point(feature.geometry) for feature in features]
        fields = [schema.field(at) for at in range(len(schema) - 2)]
        columns = [
            pa.array([_as(each.properties.get(field.name), field) for each in features], field.type)
            for field in fields
        ]
        columns += [pa.array([xy and xy[axis] for xy in points], pa.float64()) for axis in (0, 1)]
        return pa.RecordBatch.from_arrays(columns, schema=schema)


class _AsGeoJSON(GeoJSONStream):
    """Features as one collection in GeoJSON, answered."""

    def __init__(self, features: Sequence[ReadFeature], task: PointQuestion) -> None:
        super().__init__(task)
        self._crs = features

    def end(self) -> Iterator[bytes]:
        before = b'{"type":"FeatureCollection","features":['
        for feature in self._crs:
            yield from self.add(before + _geojson(feature))
            before = b","
        yield from self.add((b"" if self._crs else before) + b"]}")
        yield from super().end()


def _geojson(feature: ReadFeature) -> bytes:
    shape = feature.geometry
    geometry = b"null" if shape is None else shapely.to_geojson(shape).encode()
    properties = orjson.dumps(feature.properties)
    return b'{"type":"Feature","geometry":%b,"properties":%b}' % (geometry, properties)


def _point(geometry: Any) -> tuple[float, float] | None:
    """Return the place of a point, and of a multi-part one that has one part only."""
    if geometry is None or geometry.is_empty or len(shapely.get_parts(geometry)) != 1:
        return None
    (point,) = shapely.get_parts(geometry)
    return float(point.x), float(point.y)


def _as(value: JSON, field: pa.Field) -> JSON:
    """Return a value as its column takes it: as text where the column holds several kinds."""
    if value is None or isinstance(value, str) or not pa.types.is_string(field.type):
        return value
    return orjson.dumps(value).decode()


def _beside(name: str, names: dict[str, None]) -> str:
    while name in names:
        name += "_"
    return name


def _rejected(reading: Reading) -> BulkError:
    problem = next(problem for problem in reading.problems if problem.severity == "error")
    reasons = [
        f"{problem_place(problem, lang)} {problem_text(problem, lang).message}".strip()
        for lang in _LANGS
    ]
    return BulkError("bulk-source-rejected", count=reading.errors, reason=" / ".join(reasons))
