"""Hostile tables of points: damaged ones, and those that grow when they are read or written."""

import io
import random
import struct
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.mutants import mutant

LON, LAT = [123.405, 116.39, 123.41], [41.786, 39.91, 41.79]
_LENGTHS: Final = [0, 1, 0x7F, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
_LONG = "x" * 2**20


def sound() -> pa.Table:
    """Return points with columns of many kinds."""
    return pa.table(
        {
            "id": pa.array(["a", "b", "c"]).dictionary_encode(),
            "lon": LON,
            "lat": LAT,
            "when": pa.array([1, 2, 3], pa.timestamp("us", "Asia/Shanghai")),
            "tags": pa.array([["甲"], [], ["乙", None]]),
            "price": pa.array([1, None, 3], pa.decimal128(20, 3)),
            "of": pa.array([{"a": 1, "b": "x"}] * 3),
            "byte": pa.array([b"\0", b"\xff", None]),
        }
    )


def arrow(*tables: pa.Table) -> bytes:
    """Return tables of one schema as an Arrow stream."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, tables[0].schema) as writer:
        for table in tables:
            writer.write_table(table)
    return sink.getvalue()


def parquet(table: pa.Table, **options: object) -> bytes:
    """Return a table as a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def damaged_tables(form: str, count: int, *, seed: int) -> Iterator[bytes]:
    """Yield sound tables with bytes changed, cut or doubled, or with false lengths."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible mutant is no secret
    good = [arrow(sound(), sound())] if form == "arrow" else []
    if form == "parquet":
        good = [parquet(sound(), compression=each) for each in ("snappy", "zstd", "gzip", "none")]
    for number in range(count):
        chosen = rng.choice(good)
        if number % 2:
            yield mutant(chosen, form, rng)
        else:
            yield with_false_lengths(chosen, rng)


def with_false_lengths(good: bytes, rng: random.Random) -> bytes:
    """Return the bytes with awkward numbers at some places where numbers of 4 or 8 may stand."""
    told = bytearray(good)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(0, len(told) - 8) & ~3
        if rng.random() < 0.5:
            struct.pack_into("<I", told, at, rng.choice(_LENGTHS))
        else:
            struct.pack_into("<Q", told, at, rng.choice(_LENGTHS) << rng.choice([0, 31]))
    return bytes(told)


def views_of_one_text(rows: int, length: int) -> pa.Array:
    """Return views that all stand for one text, which itself is there once."""
    view = np.frombuffer(struct.pack("<i4sii", length, b"xxxx", 0, 0), np.int32)
    views = pa.py_buffer(np.tile(view, rows))
    return pa.Array.from_buffers(pa.string_view(), rows, [None, views, pa.py_buffer(b"x" * length)])


def growing_arrow() -> dict[str, bytes]:
    """Return small Arrow streams that stand for far more than they are, or are large of a kind."""
    rows = 1_000_000
    points = {"lon": pa.repeat(123.4, rows), "lat": pa.repeat(41.8, rows)}
    key = pa.repeat(pa.scalar(0, pa.int8()), rows)
    text = pa.DictionaryArray.from_arrays(key, [_LONG])
    number = pa.DictionaryArray.from_arrays(key, ["0" * 2**20 + "123.4"])
    runs = pa.RunEndEncodedArray.from_arrays([rows], pa.array([_LONG]))
    nulls = pa.array([[None] * 10_000_000], pa.list_(pa.null()))
    bits = pa.ListArray.from_arrays([0, 100_000_000], pa.nulls(100_000_000, pa.bool_()))
    one = {"lon": [123.4], "lat": [41.8]}
    deep: pa.DataType = pa.int8()
    for _ in range(40):
        deep = pa.list_(deep)
    wide = {f"c{i}": pa.array([1], pa.int8()) for i in range(20_000)}
    small = pa.table(one)
    return {
        "a long text in every row": arrow(pa.table(points | {"text": text})),
        "long numbers in every row": arrow(pa.table({"lon": number, "lat": points["lat"]})),
        "one run of a long text": arrow(pa.table(points | {"text": runs})),
        "views of one text": arrow(pa.table(points | {"text": views_of_one_text(rows, 2**20)})),
        "a list of nothing": arrow(pa.table(one | {"list": nulls})),
        "a list of bits": arrow(pa.table(one | {"list": bits})),
        "lists in lists": arrow(pa.table(one | {"deep": pa.nulls(1, deep)})),
        "many columns": arrow(pa.table(one | wide)),
        "many small batches": arrow(*[small] * 2000),
        "rows of next to nothing": arrow(
            pa.table(
                {
                    "lon": pa.array([1] * 30_000_000, pa.int8()),
                    "lat": pa.nulls(30_000_000, pa.int8()),
                }
            )
        ),
        "a message said to be 60 MB": arrow(small)[:-8]
        + struct.pack("<IIQ", 0xFFFFFFFF, 8 << 20, 1),
    }


def many_equal_rows(rows: int) -> bytes:
    """Return a Parquet file of some kilobytes with so many rows, all the same."""
    group = 20_000_000
    point = pa.table({"lon": pa.repeat(123.4, group), "lat": pa.repeat(41.8, group)})
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, point.schema) as writer:
        for _ in range(rows // group):
            writer.write_table(point, row_group_size=group)
    return sink.getvalue()


def growing_parquet() -> dict[str, bytes]:
    """Return small Parquet files that stand for far more than they are."""
    texts = pa.table(
        {
            "lon": pa.repeat(123.4, 100_000),
            "lat": pa.repeat(41.8, 100_000),
            "text": pa.DictionaryArray.from_arrays(
                pa.repeat(pa.scalar(0, pa.int8()), 100_000), [_LONG]
            ),
        }
    )
    big = pa.table(
        {"lon": [123.4], "lat": [41.8], "text": pa.array(["x" * 600_000_000], pa.large_string())}
    )
    plain = {"store_schema": False}
    return {
        "twenty million equal rows": many_equal_rows(20_000_000),
        "a long text in every row": parquet(texts, **plain),
        "a text of 600 MB": parquet(big, compression="zstd", use_dictionary=False, **plain),
    }
