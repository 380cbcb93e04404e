"""Arrow streams and Parquet files with answers as columns."""

import csv
import io
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tests.table_mutants import views_of_one_text
from zones.crs.transform import CRS
from zones.errors import BulkError, SourceLimitError, ZonesError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.sandbox.limits import Limits
from zones.snapshot.model import Snapshot
from zones.streams.choose_stream import open_foreign_stream, open_stream
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_to_batches import batch_of_csv

POINTS = pa.table(
    {
        "id": pa.array(["a", "b", "c", "d"]).dictionary_encode(),
        "lon": [123.405, 116.39, None, 41.786],
        "lat": [41.786, 39.91, 41.0, 123.405],
        "when": pa.array([1, 2, 3, 4], pa.timestamp("us")),
    }
)


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    return PointQuestion(seeded_snapshot.derived(build_bulk_locator), CRS.CRS84)


def written(table: pa.Table, form: str, compression: str | None = None) -> bytes:
    sink = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, sink)
    elif form == "arrow":
        options = pa.ipc.IpcWriteOptions(compression=compression)
        with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=3)
    else:
        pa.csv.write_csv(table.select(["lon", "lat"]), sink)
    return sink.getvalue()


def read(text: bytes, form: str) -> pa.Table:
    source = pa.BufferReader(text)
    if form == "parquet":
        return pq.read_table(source)
    return pa.ipc.open_stream(source).read_all() if form == "arrow" else pa.csv.read_csv(source)


def answered(task: PointQuestion, text: bytes, given: str, wanted: str, step: int = 100) -> bytes:
    stream = open_stream(given, wanted, task=task, options=CSVOptions())
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    return b"".join([*(out for piece in pieces for out in stream.add(piece)), *stream.end()])


@pytest.mark.parametrize("wanted", ["csv", "arrow", "parquet"])
@pytest.mark.parametrize("given", ["csv", "arrow", "parquet"])
def test_every_form_of_table_is_answered_in_every_other(
    task: PointQuestion, given: str, wanted: str
) -> None:
    told = read(answered(task, written(POINTS, given), given, wanted), wanted)
    zones = told["zone_id"].to_pylist()
    assert zones[0].startswith("zone-")
    assert [bool(zone) for zone in zones] == [True, False, False, False]
    assert [(fault or "").split(" ")[0] for fault in told["locate_fault"].to_pylist()] == [
        "",
        "",
        "coordinate-missing",
        "coordinate-swapped",
    ]


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_other_columns_come_back_as_they_were(task: PointQuestion, form: str) -> None:
    told = read(answered(task, written(POINTS, form), form, form), form)
    assert told.select(POINTS.column_names).equals(POINTS)
    assert told["certain"].to_pylist()[:2] == [False, True]


@pytest.mark.slow
def test_ten_thousand_rows_are_answered_in_order(task: PointQuestion) -> None:
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(123.36, 123.47, 10_000), rng.uniform(41.68, 41.83, 10_000)
    table = pa.table({"经度": lon, "纬度": lat})
    told = read(answered(task, written(table, "arrow"), "arrow", "arrow", 5000), "arrow")
    codes = task.locator.codes(lon, lat)
    assert told["zone_id"].to_pylist() == [task.locator.answers[c].zone_id for c in codes]


def test_a_table_without_rows_gets_its_columns(task: PointQuestion) -> None:
    told = read(answered(task, written(POINTS.slice(0, 0), "parquet"), "parquet", "arrow"), "arrow")
    assert told.num_rows == 0
    assert "zone_id" in told.column_names


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_bytes_that_are_no_table_are_refused(task: PointQuestion, form: str) -> None:
    whole = written(POINTS, form)
    rng = np.random.default_rng(6)
    broken = [b"", b"x" * 5000, whole[:40], *(damaged(whole, rng) for _ in range(150))]
    codes = {fault_of(task, text, form) for text in broken}
    # A change may be harmless, or spoil names or types alone.
    assert codes - {None, "bulk-no-place", "bulk-column-not-numbers"} == {"bulk-arrow-invalid"}


def fault_of(task: PointQuestion, text: bytes, form: str) -> str | None:
    """Return the code of what is wrong with a file, None when it is answered."""
    try:
        answered(task, text, form, form)
    except ZonesError as fault:
        return fault.code
    return None


def damaged(whole: bytes, rng: np.random.Generator) -> bytes:
    """Return the bytes with a few changed."""
    text = bytearray(whole)
    for at in rng.integers(0, len(text), 4).tolist():
        text[at] = int(rng.integers(0, 256))
    return bytes(text)


def test_compressed_batches_are_refused(task: PointQuestion) -> None:
    table = pa.table({"lon": [123.4] * 1000, "lat": [41.7] * 1000})
    with pytest.raises(BulkError, match="compress"):
        answered(task, written(table, "arrow", "zstd"), "arrow", "arrow")


def test_columns_that_are_no_numbers_are_refused(task: PointQuestion) -> None:
    table = pa.table({"lon": [True], "lat": [1.0]})
    with pytest.raises(BulkError, match="bool"):
        answered(task, written(table, "arrow"), "arrow", "arrow")


CELLS = st.text(st.sampled_from('a甲 0.5"\n\t,;'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5), st.booleans())
def test_text_is_read_as_the_csv_module_reads_it(rows: list[list[str]], quoted: bool) -> None:
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(written, quoting=quoting, lineterminator="\n").writerows(rows)
    batch = batch_of_csv(written.getvalue(), ["x", "y", "x"], ",")
    assert [list(row) for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)] == rows


def test_rows_shorter_and_longer_than_the_header_are_fitted() -> None:
    batch = batch_of_csv('1,2,3\n4\n\n5,"6\n7",8,9\n', ["a", "b", "c"], ",")
    assert batch.to_pylist() == [
        {"a": "1", "b": "2", "c": "3"},
        {"a": "4", "b": "", "c": ""},
        {"a": "5", "b": "6\n7", "c": "8"},
    ]


def test_a_cell_may_be_long_beside_rows_of_other_widths() -> None:
    batch = batch_of_csv(f"{'x' * 200_000},2\n3\n", ["a", "b"], ",")
    assert batch.column(0).to_pylist() == ["x" * 200_000, "3"]


def points_beside(**columns: pa.Array) -> pa.Table:
    return pa.table({"lon": [123.405, 116.39], "lat": [41.786, 39.91]} | columns)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "code"),
    [
        (pa.RunEndEncodedArray.from_arrays([2], pa.array(["x"])), "bulk-column-kind"),
        (pa.array(["和平", None], pa.string_view()), None),
        (pa.array(["x" * 40, "y"], pa.string_view()), None),
        (pa.array([b"\xff", None], pa.binary_view()), None),
        (pa.array([["x"], None], pa.list_(pa.string_view())), "bulk-column-kind"),
        (pa.array([[None], []], pa.list_(pa.null())), "bulk-column-kind"),
        (pa.array([{}, {}], pa.struct([])), None),
        (pa.array([[{}], []], pa.list_(pa.struct([]))), "bulk-column-kind"),
        (pa.array([[["x"]], None]), None),
        (pa.nulls(2), None),
        (
            pa.ListArray.from_arrays([0, 0, 2**24 + 1], pa.nulls(2**24 + 1, pa.int8())),
            "bulk-lists-too-long",
        ),
    ],
)
def test_columns_that_grow_are_refused_and_others_come_along(
    task: PointQuestion, column: pa.Array, code: str | None
) -> None:
    text = written(points_beside(more=column), "arrow")
    assert fault_of(task, text, "arrow") == code
    if code is None:
        told = read(answered(task, text, "arrow", "arrow"), "arrow")
        assert told["more"].to_pylist() == column.to_pylist()


def test_views_of_one_text_in_many_rows_are_not_written_out(task: PointQuestion) -> None:
    rows = 1_000
    points = {"lon": pa.repeat(123.4, rows), "lat": pa.repeat(41.8, rows)}
    batch = pa.record_batch(points | {"text": views_of_one_text(rows, 2**18)})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    with pytest.raises(BulkError) as caught:
        answered(task, sink.getvalue(), "arrow", "arrow", step=2**16)
    assert caught.value.code == "bulk-texts-too-long"


def test_too_many_columns_are_refused(task: PointQuestion) -> None:
    wide = points_beside(**{f"c{i}": pa.array([1, 2], pa.int8()) for i in range(4095)})
    assert fault_of(task, written(wide, "arrow"), "arrow") == "bulk-too-many-columns"


def test_lists_cannot_be_written_as_csv_and_that_is_told(task: PointQuestion) -> None:
    text = written(points_beside(tags=pa.array([["甲"], []])), "arrow")
    with pytest.raises(BulkError) as caught:
        answered(task, text, "arrow", "csv")
    assert caught.value.code == "bulk-csv-column"


def test_bytes_are_hexadecimal_in_csv(task: PointQuestion) -> None:
    point = shapely.Point(123.405, 41.786)
    more = {"wkb": pa.array([point.wkb, None]), "u": pa.array([b"\xff", b""], pa.large_binary())}
    text = answered(task, written(points_beside(**more), "arrow"), "arrow", "csv")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["wkb"] for row in rows] == [point.wkb_hex, ""]
    assert [row["u"] for row in rows] == ["FF", ""]


def test_a_long_text_in_many_rows_is_not_written_out(task: PointQuestion) -> None:
    rows = 20_000
    text = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), rows), ["x" * 2**16])
    table = pa.table({"lon": pa.repeat(1.0, rows), "lat": pa.repeat(1.0, rows), "text": text})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    assert fault_of(task, sink.getvalue(), "arrow") is None
    with pytest.raises(BulkError) as caught:
        answered(task, sink.getvalue(), "arrow", "csv", step=2**20)
    assert caught.value.code == "bulk-texts-too-long"


def test_coordinates_in_dictionary_form_are_read_by_value(task: PointQuestion) -> None:
    lon = pa.array(["123.405", None, "x", "116.39"]).dictionary_encode()
    lat = pa.array([41.786, 41.0, 41.0, 39.91]).dictionary_encode()
    told = read(
        answered(task, written(pa.table({"lon": lon, "lat": lat}), "arrow"), "arrow", "csv"), "csv"
    )
    assert told["inside_district"].to_pylist() == [True, None, None, False]
    assert [fault and fault.split()[0] for fault in told["locate_fault"].to_pylist()] == [
        *("", "coordinate-missing", "coordinate-unreadable", "")
    ]


def test_dictionaries_may_be_replaced_and_added_to(task: PointQuestion) -> None:
    batches = [
        points_beside(id=pa.array(ids).dictionary_encode()).to_batches()[0]
        for ids in (["a", "b"], ["c", "d"], ["c", "e"])
    ]
    for deltas in (False, True):
        sink = io.BytesIO()
        options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=deltas)
        with pa.ipc.new_stream(sink, batches[0].schema, options=options) as writer:
            for batch in batches:
                writer.write_batch(batch)
        told = read(answered(task, sink.getvalue(), "arrow", "arrow"), "arrow")
        assert told["id"].to_pylist() == ["a", "b", "c", "d", "c", "e"]


@pytest.mark.slow
def test_parquet_read_apart_is_answered_as_in_this_process(task: PointQuestion) -> None:
    rows = 100_000
    table = pa.table(
        {
            "lon": np.linspace(123.3, 123.5, rows),
            "lat": np.linspace(41.7, 41.8, rows),
            "name": pa.array([f"点{i % 7}" for i in range(rows)]).dictionary_encode(),
            "tags": pa.array([["甲"], None] * (rows // 2)),
        }
    )
    text = written(table, "parquet")
    stream = open_foreign_stream(
        "parquet", "arrow", task=task, options=CSVOptions(), limits=Limits()
    )
    apart = b"".join([*stream.add(text), *stream.end()])
    here = read(answered(task, text, "parquet", "arrow", step=2**20), "arrow")
    assert read(apart, "arrow").equals(here)


def test_a_parquet_file_larger_than_allowed_is_refused_as_it_comes(task: PointQuestion) -> None:
    limits = Limits(file_mb=1)
    stream = open_foreign_stream("parquet", "csv", task=task, options=CSVOptions(), limits=limits)
    assert list(stream.add(bytes(2**20))) == []
    with pytest.raises(SourceLimitError, match="Parquet"):
        stream.add(b"\0")


@pytest.mark.slow
def test_an_arrow_stream_is_whole_or_refused(task: PointQuestion) -> None:
    whole = written(POINTS, "arrow")
    rows = {}
    for length in range(1, len(whole)):
        with suppress(BulkError):
            rows[length] = read(answered(task, whole[:length], "arrow", "arrow"), "arrow").num_rows
    # It may end where a message does, with the mark of its end or without: schema, two batches.
    assert sorted(set(rows.values())) == [0, 3, 4]
    assert len(rows) <= 3 + 8
    assert read(answered(task, whole + b"more", "arrow", "arrow"), "arrow").num_rows == 4
