"""Columns of Parquet whose type Arrow has no word for: kept in the answer, or told."""

import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zones.crs.transform import CRS
from zones.lookup.bulk_locator import build_bulk_locator
from zones.sandbox.limits import Limits
from zones.snapshot.model import Snapshot
from zones.streams.answer_columns import TableAnswers
from zones.streams.choose_stream import open_foreign_stream, open_stream
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.parquet_decode_and_rewrite import GroupWriter, ParquetPart
from zones.streams.parquet_types_arrow_drops import PLAIN, types_in

POINT = bytes.fromhex("0101000000000000000000f03f0000000000000040")
TIME, DECIMAL = pa.time64("us"), pa.decimal128(9, 3)
UTC, LOCAL = {"write_time_adjusted_to_utc": True}, {"write_time_adjusted_to_utc": False}


class OfParquet(pa.ExtensionType):
    """WKB that Arrow writes as Parquet's own GEOMETRY, or GEOGRAPHY."""

    def __init__(self, **metadata: str) -> None:
        self.metadata = orjson.dumps(metadata)
        super().__init__(pa.binary(), "geoarrow.wkb")

    def __arrow_ext_serialize__(self) -> bytes:
        return self.metadata

    @classmethod
    def __arrow_ext_deserialize__(cls, _: pa.DataType, metadata: bytes) -> "OfParquet":
        return cls(**orjson.loads(metadata))


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    return PointQuestion(seeded_snapshot.derived(build_bulk_locator), CRS.CRS84)


def geometries(**metadata: str) -> pa.Array:
    return pa.ExtensionArray.from_storage(OfParquet(**metadata), pa.array([POINT, None]))


def written(columns: dict[str, pa.Array], **options: Any) -> bytes:
    place = {"lon": pa.array([123.405, 123.41]), "lat": pa.array([41.786, 41.79])}
    sink = io.BytesIO()
    pq.write_table(pa.table(columns | place), sink, store_schema=False, **options)
    return sink.getvalue()


def here(task: PointQuestion, content: bytes, wanted: str = "parquet") -> tuple[bytes, list[str]]:
    stream = open_stream("parquet", wanted, task=task, options=CSVOptions())
    told = b"".join([*stream.add(content), *stream.end()])
    return told, [str(note.params["columns"]) for note in stream.tally.remarks]


def confined(task: PointQuestion, content: bytes) -> tuple[bytes, list[str]]:
    limits = Limits(cpu_s=60, wall_s=60, mem_mb=1024, file_mb=64)
    opened = {"task": task, "options": CSVOptions(), "limits": limits}
    stream = open_foreign_stream("parquet", "parquet", **opened)
    told = b"".join([*stream.add(content), *stream.end()])
    return told, [str(note.params["columns"]) for note in stream.tally.remarks]


def on_a_cluster(task: PointQuestion, content: bytes) -> tuple[bytes, list[str]]:
    part, sink = ParquetPart(io.BytesIO(content)), io.BytesIO()
    answers = TableAnswers(task, part.schema, CSVOptions())
    with GroupWriter(sink, answers.schema, answers.types) as writer:
        writer.write(map(answers.answered, part.batches()))
    told = answers.tally.summary(task.locator.answers).remarks
    return sink.getvalue(), [str(note.params["columns"]) for note in told]


ENGINES = [here, pytest.param(confined, marks=pytest.mark.slow), on_a_cluster]


def column_of(content: bytes, name: str) -> Any:
    schema = pq.ParquetFile(io.BytesIO(content)).schema
    return next(schema.column(at) for at in range(len(schema)) if schema.column(at).path == name)


def type_of(content: bytes, name: str = "held") -> tuple[str, str]:
    column = column_of(content, name)
    return column.physical_type, column.logical_type.to_json()


SOUND = {
    "geometry": ({"held": geometries()}, LOCAL),
    "geometry in a system": ({"held": geometries(crs="EPSG:4490")}, LOCAL),
    "geography": ({"held": geometries(crs="srid:4326", edges="spherical")}, LOCAL),
    "time of UTC": ({"held": pa.array([1, None], TIME)}, UTC),
    "time": ({"held": pa.array([1, None], TIME)}, LOCAL),
    "decimal": ({"held": pa.array([1, None], DECIMAL)}, {"store_decimal_as_integer": True}),
    "decimal of bytes": ({"held": pa.array([1, None], DECIMAL)}, LOCAL),
    "nanoseconds": ({"held": pa.array([1, None], pa.timestamp("ns"))}, LOCAL),
    "float16": ({"held": pa.array([1.5, None], pa.float16())}, LOCAL),
    "uuid": ({"held": pa.array([b"0" * 16, None], pa.uuid())}, LOCAL),
    "json": ({"held": pa.array(["{}", None], pa.json_())}, LOCAL),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SOUND)
def test_other_columns_keep_their_parquet_type(task: PointQuestion, name: str, engine: Any) -> None:
    columns, options = SOUND[name]
    given = written(columns, **options)
    told, lost = engine(task, given)
    assert lost == []
    assert type_of(told) == type_of(given)
    assert values(told) == values(given)
    footer = pq.read_metadata(io.BytesIO(told)).metadata or {}
    assert not any(key.startswith(b"zones:") for key in footer)
    assert pq.ParquetFile(io.BytesIO(told)).schema_arrow.names[:3] == ["held", "lon", "lat"]


def values(content: bytes) -> list[Any]:
    table = pq.ParquetFile(io.BytesIO(content)).read(["held"])
    return list(table["held"].to_pylist())


def with_interval(name: bytes = b"held") -> bytes:
    """Return points beside a column of INTERVAL, which Arrow cannot write: put in by its number.

    In Thrift's compact protocol a ``SchemaElement`` of 12 bytes of a fixed size and without a type
    ends with its name; a field more, ``converted_type`` 21, is put behind it (parquet.thrift).
    """
    column = pa.array([b"\1" * 12, None], pa.binary(12))
    content = written({name.decode(): column})
    size = int.from_bytes(content[-8:-4], "little")
    footer = content[-8 - size : -8]
    element = bytes([0x18, len(name)]) + name
    assert footer.count(element + b"\0") == 1
    changed = footer.replace(element + b"\0", element + b"\x25\x2a\0")
    return content[: -8 - size] + changed + len(changed).to_bytes(4, "little") + b"PAR1"


@pytest.mark.parametrize("engine", ENGINES)
def test_types_that_cannot_be_written_are_told(task: PointQuestion, engine: Any) -> None:
    given = with_interval()
    assert "Interval" in type_of(given)[1]
    told, lost = engine(task, given)
    assert lost == ["held (INTERVAL)"]
    assert values(told) == values(given)


def test_types_are_told_only_where_parquet_is_written(task: PointQuestion) -> None:
    _, lost = here(task, with_interval(), "arrow")
    assert lost == []


@pytest.mark.parametrize("engine", ENGINES)
def test_nullability_numbers_of_fields_and_metadata_are_kept(
    task: PointQuestion, engine: Any
) -> None:
    numbered = {"PARQUET:field_id": "17"}
    fields = [pa.field("held", pa.int32(), nullable=False, metadata=numbered)]
    fields += [pa.field(name, pa.float64(), metadata={"PARQUET:field_id": "3"}) for name in "xy"]
    sink = io.BytesIO()
    given = pa.table([[1], [123.4], [41.7]], schema=pa.schema(fields, {"geo": "kept"}))
    pq.write_table(given, sink)
    told, _ = engine(task, sink.getvalue())
    file = pq.ParquetFile(io.BytesIO(told))
    (held, x) = (file.schema_arrow.field(name) for name in ("held", "x"))
    assert not held.nullable
    assert (held.metadata[b"PARQUET:field_id"], x.metadata[b"PARQUET:field_id"]) == (b"17", b"3")
    assert file.schema_arrow.metadata[b"geo"] == b"kept"


@pytest.mark.parametrize("word", [b"", b"[]", b"{}", b'{"geometries": 1}', b'{"geometries":[{}]}'])
def test_what_a_stranger_says_of_types_is_not_believed(word: bytes) -> None:
    schema = pa.schema({"x": pa.float64()}, {"zones:parquet-types": word})
    assert types_in(schema) == PLAIN
    told = {"geometries": [{"at": 9, "crs": "", "is_spherical": False}], "lost": []}
    told |= {"times_in_utc": False, "integer_decimals": False}
    types = types_in(pa.schema({"x": pa.float64()}, {"zones:parquet-types": orjson.dumps(told)}))
    assert types.schema_to_write(schema) == schema
