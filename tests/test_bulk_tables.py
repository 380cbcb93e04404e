"""Arrow streams and Parquet files with answers as columns."""

import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.bulk.answers import build_bulk_locator
from zones.bulk.csv_dialect import CSVOptions
from zones.bulk.placing import Task
from zones.bulk.streams import open_stream
from zones.bulk.table_streams import batch_of_csv
from zones.crs import CRS
from zones.errors import BulkError, ZonesError
from zones.snapshot import Snapshot

POINTS = pa.table(
    {
        "id": pa.array(["a", "b", "c", "d"]).dictionary_encode(),
        "lon": [123.405, 116.39, None, 41.786],
        "lat": [41.786, 39.91, 41.0, 123.405],
        "when": pa.array([1, 2, 3, 4], pa.timestamp("us")),
    }
)


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> Task:
    return Task(seeded_snapshot.derived(build_bulk_locator), CRS.CRS84)


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


def answered(task: Task, text: bytes, given: str, wanted: str, step: int = 100) -> bytes:
    stream = open_stream(given, wanted, task=task, options=CSVOptions())
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    return b"".join([*(out for piece in pieces for out in stream.add(piece)), *stream.end()])


@pytest.mark.parametrize("wanted", ["csv", "arrow", "parquet"])
@pytest.mark.parametrize("given", ["csv", "arrow", "parquet"])
def test_every_form_of_table_is_answered_in_every_other(
    task: Task, given: str, wanted: str
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
def test_other_columns_come_back_as_they_were(task: Task, form: str) -> None:
    told = read(answered(task, written(POINTS, form), form, form), form)
    assert told.select(POINTS.column_names).equals(POINTS)
    assert told["certain"].to_pylist()[:2] == [False, True]


def test_ten_thousand_rows_are_answered_in_order(task: Task) -> None:
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(123.36, 123.47, 10_000), rng.uniform(41.68, 41.83, 10_000)
    table = pa.table({"经度": lon, "纬度": lat})
    told = read(answered(task, written(table, "arrow"), "arrow", "arrow", 5000), "arrow")
    codes = task.locator.codes(lon, lat)
    assert told["zone_id"].to_pylist() == [task.locator.answers[c].zone_id for c in codes]


def test_a_table_without_rows_gets_its_columns(task: Task) -> None:
    told = read(answered(task, written(POINTS.slice(0, 0), "parquet"), "parquet", "arrow"), "arrow")
    assert told.num_rows == 0
    assert "zone_id" in told.column_names


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_bytes_that_are_no_table_are_refused(task: Task, form: str) -> None:
    whole = written(POINTS, form)
    rng = np.random.default_rng(6)
    broken = [b"", b"x" * 5000, whole[:40], *(damaged(whole, rng) for _ in range(150))]
    codes = {fault_of(task, text, form) for text in broken}
    # A change may be harmless, or spoil names or types alone.
    assert codes - {None, "bulk-no-place", "bulk-column-not-numbers"} == {"bulk-arrow-invalid"}


def fault_of(task: Task, text: bytes, form: str) -> str | None:
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


def test_compressed_batches_are_refused(task: Task) -> None:
    table = pa.table({"lon": [123.4] * 1000, "lat": [41.7] * 1000})
    with pytest.raises(BulkError, match="compress"):
        answered(task, written(table, "arrow", "zstd"), "arrow", "arrow")


def test_columns_that_are_no_numbers_are_refused(task: Task) -> None:
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


def test_a_cell_that_is_too_long_is_told() -> None:
    with pytest.raises(BulkError) as caught:
        batch_of_csv(f"{'x' * 200_000},2\n3\n", ["a", "b"], ",")
    assert caught.value.code == "bulk-row-too-long"
