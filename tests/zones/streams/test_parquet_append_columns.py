"""Answers beside a Parquet file's columns are those of the ordinary way; the rest is untouched."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from zones.crs.transform import CRS
from zones.errors import BulkError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.lookup.containing_features import requested_members
from zones.snapshot.model import Snapshot
from zones.streams import parquet_append_columns
from zones.streams.answer_column_names import ColumnSelection, parse_columns
from zones.streams.choose_stream import open_stream
from zones.streams.coordinates_to_answers import PointQuestion, Summary
from zones.streams.csv_options import CSVOptions
from zones.streams.parquet_append_columns import open_beside
from zones.streams.parquet_footer import read_footer
from zones.streams.thrift_compact import Struct, ThriftError, read_struct, write_struct

ROWS = 500
OLD = {"use_deprecated_int96_timestamps": True, "store_schema": False}


def table() -> pa.Table:
    """Return points about the district, some at fault, with columns of many kinds."""
    random = np.random.default_rng(3)
    lon, lat = random.uniform(123.3, 123.5, ROWS), random.uniform(41.65, 41.83, ROWS)
    lon[5], lat[7] = 500, np.nan
    number = np.arange(ROWS)
    return pa.table(
        {
            "名": pa.array([f"点{at % 7}" for at in number]).dictionary_encode(),
            "lat": pa.array(lat, mask=number % 50 == 3),
            "when": pa.array(number * 10**6, pa.timestamp("us", "Asia/Shanghai")),
            "nested": [{"a": [int(at)], "b": 1.5} for at in number],
            "lon": lon,
            "zone_id": number.astype(np.int16),
        },
        metadata={"pandas": "{}", "of": "ours"},
    )


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    return PointQuestion(seeded_snapshot.derived(build_bulk_locator), CRS.CRS84)


def beside(file: Path, task: PointQuestion, threads: int = 2) -> tuple[bytes, Summary]:
    """Return the file with answers beside its columns."""
    opened = open_beside(file, task, CSVOptions())
    assert opened is not None
    target, shares = io.BytesIO(), list[float]()
    summary = opened.write(target, threads=threads, progress=shares.append)
    assert shares[-1] == 1.0
    return target.getvalue(), summary


def ordinary(file: Path, task: PointQuestion) -> tuple[pa.Table, Summary]:
    """Return the table as the ordinary way answers it."""
    stream = open_stream("parquet", "parquet", task=task, options=CSVOptions())
    told = [*stream.add(file.read_bytes()), *stream.end()]
    return pq.read_table(pa.BufferReader(b"".join(told))), stream.tally.summary(
        task.locator.answers
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"row_group_size": 100, "compression": "zstd", "write_page_index": True},
        {"row_group_size": 7, "compression": "none", "data_page_version": "2.0"},
        {"use_dictionary": False, "write_page_checksum": True, "row_group_size": 300},
        {"store_schema": False, "data_page_size": 200},
        OLD,
    ],
)
def test_answers_are_those_of_the_ordinary_way(
    tmp_path: Path, task: PointQuestion, options: dict[str, object]
) -> None:
    file = tmp_path / "points.parquet"
    pq.write_table(table(), file, **options)
    told, summary = beside(file, task)
    expected, expected_summary = ordinary(file, task)
    found, own = pq.read_table(pa.BufferReader(told)), pq.read_table(file)
    # As texts, in which numbers that are none are equal.
    assert str(found.select(own.column_names).to_pylist()) == str(own.to_pylist())
    assert found.schema.metadata == own.schema.metadata
    assert list(found.schema)[: own.num_columns] == list(own.schema)
    assert found.column_names == expected.column_names
    for name in found.column_names[own.num_columns :]:
        assert found[name].to_pylist() == expected[name].to_pylist()
        assert found.schema.field(name).type == expected.schema.field(name).type
    assert (summary.zones, summary.faults) == (expected_summary.zones, expected_summary.faults)
    assert summary.faults


def test_bytes_and_row_groups_of_the_file_stay_as_they_are(
    tmp_path: Path, task: PointQuestion
) -> None:
    file = tmp_path / "points.parquet"
    pq.write_table(table(), file, row_group_size=130, write_page_index=True)
    told, _ = beside(file, task)
    footer = read_footer(io.BytesIO(file.read_bytes()))
    assert told[: footer.begin] == file.read_bytes()[: footer.begin]
    after = read_footer(io.BytesIO(told))
    assert after.group_rows == footer.group_rows == [130, 130, 130, 110]
    groups = pq.read_metadata(pa.BufferReader(told)), pq.read_metadata(file)
    for number in range(4):
        first, second = (each.row_group(number) for each in groups)
        for column in range(second.num_columns):
            assert first.column(column).to_dict() == second.column(column).to_dict()
        assert first.total_byte_size > second.total_byte_size
    zones = pq.ParquetFile(pa.BufferReader(told)).read_row_group(2, ["zone_id_2"])["zone_id_2"]
    every = pq.read_table(pa.BufferReader(told))["zone_id_2"]
    assert zones.to_pylist() == every.slice(260, 130).to_pylist()


def test_filters_by_the_new_columns_read_their_statistics(
    tmp_path: Path, task: PointQuestion
) -> None:
    file, target = tmp_path / "points.parquet", tmp_path / "answered.parquet"
    pq.write_table(table(), file, row_group_size=50)
    target.write_bytes(beside(file, task)[0])
    every = pq.read_table(target)
    zone = every["zone_id_2"].drop_null()[0].as_py()
    found = pq.read_table(target, filters=[("zone_id_2", "=", zone)])
    assert found.num_rows == every["zone_id_2"].to_pylist().count(zone) > 0


def test_distances_and_further_collections_are_answered_too(
    tmp_path: Path, seeded_snapshot: Snapshot, task: PointQuestion
) -> None:
    file = tmp_path / "points.parquet"
    pq.write_table(table(), file, row_group_size=200)
    columns = parse_columns("zone_id,subdistrict_certain,border_distance_m")
    members = tuple(requested_members(seeded_snapshot, ("subdistricts",)))
    more = replace(task, columns=replace(columns, members=("subdistricts",)), members=members)
    found, expected = pq.read_table(pa.BufferReader(beside(file, more)[0])), ordinary(file, more)[0]
    assert found.column_names == expected.column_names
    for name in expected.column_names[-5:]:
        assert found[name].to_pylist() == expected[name].to_pylist()


def test_any_number_of_threads_writes_the_same_bytes(tmp_path: Path, task: PointQuestion) -> None:
    file = tmp_path / "points.parquet"
    pq.write_table(table(), file, row_group_size=20)
    first = beside(file, replace(task, columns=ColumnSelection()), 1)
    assert beside(file, replace(task, columns=ColumnSelection()), 4) == first


def test_what_is_not_so_simple_is_left_to_the_ordinary_way(
    tmp_path: Path, task: PointQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "points.parquet"
    points = table().select(["lon", "lat"])
    others = [
        points.slice(0, 0),
        pa.Table.from_arrays([*points.columns, *points.columns], ["lon", "lat", "lon", "lat"]),
        pa.table({"geometry": pa.array([bytes.fromhex("01010000000000000000000000") + bytes(8)])}),
    ]
    for other in others:
        pq.write_table(other, file)
        assert open_beside(file, task, CSVOptions()) is None
    pq.write_table(points, file)
    assert open_beside(file, task, CSVOptions()) is not None
    monkeypatch.setattr(parquet_append_columns, "MOST_ROWS", ROWS - 1)
    assert open_beside(file, task, CSVOptions()) is None


def test_a_file_that_is_none_is_told(tmp_path: Path, task: PointQuestion) -> None:
    file = tmp_path / "points.parquet"
    file.write_bytes(b"lon,lat\n1,2\n")
    with pytest.raises(BulkError):
        open_beside(file, task, CSVOptions())


def test_a_damaged_column_of_places_is_told(tmp_path: Path, task: PointQuestion) -> None:
    file = tmp_path / "points.parquet"
    pq.write_table(table().select(["lon", "lat"]), file, compression="gzip")
    whole = bytearray(file.read_bytes())
    whole[200:400] = bytes(200)
    file.write_bytes(whole)
    with pytest.raises(BulkError):
        beside(file, task)


@pytest.mark.parametrize("options", [{}, {"write_page_index": True, "row_group_size": 3}, OLD])
def test_tables_of_contents_are_written_as_they_were_read(options: dict[str, object]) -> None:
    sink = io.BytesIO()
    pq.write_table(table(), sink, **options)
    data = sink.getvalue()
    footer = read_footer(io.BytesIO(data))
    assert write_struct(footer.fields) == data[footer.begin : -8]


INTEGERS = st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    st.one_of(
        st.tuples(st.sampled_from([4, 5, 6]), INTEGERS),
        st.tuples(st.just(8), st.binary(max_size=300)),
        st.sampled_from([(1, True), (2, False)]),
        st.tuples(st.just(7), st.binary(min_size=8, max_size=8)),
    ),
    lambda inner: st.one_of(
        st.dictionaries(st.integers(1, 500), inner, max_size=4).map(
            lambda fields: (12, dict(sorted(fields.items())))
        ),
        st.lists(INTEGERS, max_size=20).map(lambda values: (9, (6, values))),
    ),
    max_leaves=8,
)


@examples(100)
@given(st.dictionaries(st.integers(1, 300), VALUES, max_size=6))
def test_structs_come_back_as_they_were_written(fields: Struct) -> None:
    ordered = dict(sorted(fields.items()))
    assert read_struct(write_struct(ordered)) == ordered


@examples(200)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_struct_or_none(data: bytes) -> None:
    try:
        fields = read_struct(data)
    except ThriftError:
        return
    assert read_struct(write_struct(fields)) == fields
