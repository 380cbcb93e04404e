"""Parquet files read in parts and written in row groups, as other programs read them."""

from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zones.streams import parquet_decode_and_rewrite
from zones.streams.parquet_decode_and_rewrite import (
    GroupWriter,
    ParquetPart,
    with_answers_for_spark,
)

UTC = pa.timestamp("us", "UTC")
INT64 = pa.field("id", pa.int64())
NOON = np.datetime64("2024-05-01T12:00:00.123456", "us")


def test_a_part_gives_the_rows_of_its_groups_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "points.parquet"
    pq.write_table(pa.table({"id": range(10)}), file, row_group_size=3)
    told = pa.Table.from_batches(ParquetPart(file, (1, 3)).batches())
    assert told["id"].to_pylist() == [3, 4, 5, 9]


def test_times_written_as_int96_become_instants(tmp_path: Path) -> None:
    file = tmp_path / "old.parquet"
    table = pa.table({"id": [1, 2], "seen": pa.array([NOON, None])})
    pq.write_table(table, file, use_deprecated_int96_timestamps=True, store_schema=False)
    part = ParquetPart(file)
    (batch,) = part.batches()
    assert batch.schema == part.schema == pa.schema([INT64, pa.field("seen", UTC)])
    assert batch["seen"].cast(pa.timestamp("us")).to_pylist() == [NOON.item(), None]


def test_batches_are_gathered_into_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_decode_and_rewrite, "GROUP_ROWS", 8)
    batches = [pa.record_batch({"id": range(at, at + 3)}) for at in range(0, 12, 3)]
    with GroupWriter(tmp_path / "rows.parquet", batches[0].schema) as writer:
        writer.write(batches)
    assert groups(tmp_path / "rows.parquet") == [9, 3]
    monkeypatch.setattr(parquet_decode_and_rewrite, "GROUP_BYTES", batches[0].nbytes)
    with GroupWriter(tmp_path / "bytes.parquet", batches[0].schema) as writer:
        writer.write(batches)
    assert groups(tmp_path / "bytes.parquet") == [3, 3, 3, 3]


def groups(file: Path) -> list[int]:
    footer = pq.read_metadata(file)
    return [footer.row_group(at).num_rows for at in range(footer.num_row_groups)]


def test_a_file_without_rows_has_its_columns(tmp_path: Path) -> None:
    with GroupWriter(tmp_path / "empty.parquet", pa.schema([INT64])) as writer:
        writer.write([pa.record_batch([[]], schema=pa.schema([INT64]))])
    assert pq.read_table(tmp_path / "empty.parquet").schema == pa.schema([INT64])


def test_the_copy_of_the_schema_that_spark_believes_has_the_answers() -> None:
    key = "org.apache.spark.sql.parquet.row.metadata"
    own = {"name": "seen", "type": "timestamp", "nullable": False, "metadata": {"comment": "时间"}}
    copy = orjson.dumps({"type": "struct", "fields": [own]})
    fields = {"seen": UTC, "zone_id": pa.string(), "certain": pa.bool_()}
    schema = pa.schema(fields, {key: copy, "other": "kept"})
    told = with_answers_for_spark(schema).metadata
    zone, certain = ({"nullable": True, "metadata": {}} for _ in range(2))
    assert orjson.loads(told[key.encode()])["fields"] == [
        own,
        {"name": "zone_id", "type": "string", **zone},
        {"name": "certain", "type": "boolean", **certain},
    ]
    assert told[b"other"] == b"kept"
    assert with_answers_for_spark(pa.schema(fields)) == pa.schema(fields)
