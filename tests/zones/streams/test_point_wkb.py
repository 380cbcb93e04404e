"""Points in WKB against a decoder that reads one at a time, and random bytes."""

import math
import struct

import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zones.streams.point_wkb import wkb_points

KINDS = [pa.binary(), pa.large_binary()]
finite = st.floats(allow_nan=False, allow_infinity=False)


def one_at_a_time(raw: bytes | None) -> tuple[object, ...]:
    """Return what OGC 06-103r4 and PostGIS's EWKB say of some bytes."""
    if not raw:
        return ("missing",)
    if len(raw) < 5 or raw[0] > 1:
        return ("unreadable",)
    mark = "<" if raw[0] else ">"
    (code,) = struct.unpack_from(f"{mark}I", raw, 1)
    kind, more = code & 0x1FFFFFFF, bool(code & 0x20000000)
    if kind // 1000 > 3 or not 1 <= kind % 1000 <= 17:
        return ("unreadable",)
    if kind % 1000 != 1:
        return ("other",)
    has_z = bool(code & 0x80000000) or kind // 1000 in (1, 3)
    has_m = bool(code & 0x40000000) or kind // 1000 in (2, 3)
    if len(raw) != 5 + 4 * more + 8 * (2 + has_z + has_m):
        return ("unreadable",)
    srid = struct.unpack_from(f"{mark}I", raw, 5)[0] if more else 0
    x, y = struct.unpack_from(f"{mark}2d", raw, 5 + 4 * more)
    return ("missing",) if math.isnan(x) and math.isnan(y) else (x, y, srid)


def read(column: pa.Array) -> list[tuple[object, ...]]:
    points = wkb_points(column)
    told: list[tuple[object, ...]] = []
    for at in range(len(column)):
        states = [name for name in ("missing", "other", "unreadable") if getattr(points, name)[at]]
        assert len(states) <= 1
        pair = float(points.x[at]), float(points.y[at]), int(points.srids[at])
        told.append((states[0],) if states else pair)
    return told


@st.composite
def points_in_wkb(draw: st.DrawFn) -> bytes:
    """Draw a point in either byte order, flat or with Z and M, in ISO's or PostGIS's way."""
    mark, z, m = draw(st.sampled_from("<>")), draw(st.booleans()), draw(st.booleans())
    srid = draw(st.none() | st.integers(0, 2**32 - 1))
    iso = draw(st.booleans())
    code = 1 + (1000 * z + 2000 * m if iso else 0x80000000 * z + 0x40000000 * m)
    code += 0 if srid is None else 0x20000000
    ordinates = draw(st.lists(finite, min_size=2 + z + m, max_size=2 + z + m))
    head = struct.pack(f"{mark}BI", mark == "<", code)
    named = b"" if srid is None else struct.pack(f"{mark}I", srid)
    return head + named + struct.pack(f"{mark}{len(ordinates)}d", *ordinates)


@given(st.lists(points_in_wkb() | st.none(), max_size=20), st.sampled_from(KINDS))
def test_points_of_all_makes_are_read(raws: list[bytes | None], kind: pa.DataType) -> None:
    column = pa.array([b"before", *raws, b"after"], kind).slice(1, len(raws))
    assert read(column) == [one_at_a_time(raw) for raw in raws]
    assert all(len(told) == 3 for told, raw in zip(read(column), raws, strict=True) if raw)


@given(st.lists(st.tuples(points_in_wkb(), st.data()), max_size=8))
def test_damaged_points_are_told_and_never_misplaced(
    drawn: list[tuple[bytes, st.DataObject]],
) -> None:
    raws = [mutated(raw, data) for raw, data in drawn]
    told = read(pa.array(raws, pa.binary()))
    assert list(map(repr, told)) == [repr(one_at_a_time(raw)) for raw in raws]


def mutated(raw: bytes, data: st.DataObject) -> bytes:
    """Return bytes cut, lengthened, or with another byte somewhere."""
    way = data.draw(st.integers(0, 3))
    at = data.draw(st.integers(0, len(raw) - 1))
    if way == 0:
        return raw[:at]
    if way == 1:
        return raw + data.draw(st.binary(min_size=1, max_size=9))
    if way == 2:
        return data.draw(st.binary(max_size=64))
    return raw[:at] + data.draw(st.binary(min_size=1, max_size=1)) + raw[at + 1 :]


@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
def test_what_geos_writes_is_told_apart(flavor: str, byte_order: int) -> None:
    shapes = ["POINT (1 2)", "POINT Z (1 2 3)", "POINT EMPTY", "LINESTRING (0 0, 1 1)"]
    raws = [
        shapely.to_wkb(shapely.from_wkt(shape), flavor=flavor, byte_order=byte_order)
        for shape in shapes
    ]
    assert read(pa.array(raws)) == [(1, 2, 0), (1, 2, 0), ("missing",), ("other",)]


def test_cells_of_a_fixed_size_and_columns_without_values_are_read() -> None:
    raw = shapely.to_wkb(shapely.Point(1, 2))
    assert read(pa.array([None, raw, raw], pa.binary(21)).slice(1)) == [(1, 2, 0)] * 2
    assert read(pa.array([], pa.binary())) == []
    assert read(pa.nulls(2, pa.binary())) == [("missing",)] * 2
