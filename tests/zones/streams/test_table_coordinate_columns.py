"""Tables whose place is one column of points: which column, in what form, in which system."""

import io
import struct
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from zones.crs.transform import CRS, from_storage_xy
from zones.errors import BulkError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.sandbox.limits import Limits
from zones.snapshot.model import Snapshot
from zones.streams.choose_stream import open_foreign_stream, open_stream
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.numbers_to_coordinates import numbers_of

LON, LAT = [123.405, 123.43, 116.39], [41.786, 41.70, 39.91]
GIVEN_NONE = CSVOptions(is_crs_stated=False)
EPSG_4490 = {"type": "GeographicCRS", "name": "x", "id": {"authority": "EPSG", "code": 4490}}
EPSG_4550 = {"type": "ProjectedCRS", "name": "x", "id": {"authority": "EPSG", "code": 4550}}
NO_ID = {"type": "ProjectedCRS", "name": "本地坐标系"}


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    return PointQuestion(seeded_snapshot.derived(build_bulk_locator), CRS.CRS84)


def stream_of(table: pa.Table, form: str) -> bytes:
    sink = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, sink)
        return sink.getvalue()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def answer(
    task: PointQuestion,
    table: pa.Table | bytes,
    form: str = "arrow",
    options: CSVOptions = GIVEN_NONE,
) -> tuple[pa.Table, dict[str, dict[str, Any]]]:
    """Return the answered table, and the notes by their code."""
    content = table if isinstance(table, bytes) else stream_of(table, form)
    stream = open_stream(form, "arrow", task=task, options=options)
    told = b"".join([*stream.add(content), *stream.end()])
    notes = {note.code: dict(note.params) for note in stream.tally.remarks}
    return pa.ipc.open_stream(told).read_all(), notes


def zones(told: pa.Table) -> list[str | None]:
    return list(told["zone_id"].to_pylist())


def faults(told: pa.Table) -> list[str]:
    return [(each or "").split(" ")[0] for each in told["locate_fault"].to_pylist()]


def expected(task: PointQuestion) -> list[str | None]:
    codes = task.locator.codes(np.array(LON), np.array(LAT))
    return [task.locator.answers[code].zone_id for code in codes]


def wkb(crs: CRS = CRS.CRS84, **options: Any) -> pa.Array:
    x, y = from_storage_xy(np.array(LON), np.array(LAT), crs)
    return pa.array(shapely.to_wkb(shapely.points(x, y), **options), pa.binary())


def geo(column: dict[str, Any], name: str = "where") -> dict[str, bytes]:
    meta = {"version": "1.1.0", "primary_column": name}
    return {"geo": orjson.dumps(meta | {"columns": {name: {"geometry_types": []} | column}})}


def table(array: pa.Array, own: dict[str, bytes] | None = None, **field: Any) -> pa.Table:
    fields = [pa.field("id", pa.int64()), pa.field("where", array.type, **field)]
    columns = [pa.array(range(len(array)), pa.int64()), array]
    return pa.table(columns, schema=pa.schema(fields, own))


def extension(name: str, **metadata: Any) -> dict[str, Any]:
    told = {"ARROW:extension:name": name}
    return {"metadata": told | {"ARROW:extension:metadata": orjson.dumps(metadata).decode()}}


def structs(**more: pa.DataType) -> pa.Array:
    columns = [pa.array(LON), pa.array(LAT), *(pa.nulls(3, kind) for kind in more.values())]
    return pa.StructArray.from_arrays(columns, ["x", "y", *more])


def interleaved() -> pa.Array:
    flat = pa.array(np.column_stack([LON, LAT, [0.0] * 3]).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, 3)


def tables() -> dict[str, pa.Table]:
    """Return the same points in every form that names its column."""
    return {
        "geoparquet": table(wkb(), geo({"encoding": "WKB"})),
        "geoparquet, native": table(structs(), geo({"encoding": "point"})),
        "geoarrow.wkb": table(wkb(byte_order=0), **extension("geoarrow.wkb")),
        "geoarrow.wkb, large": table(wkb().cast(pa.large_binary()), **extension("ogc.wkb")),
        "geoarrow.wkb, dictionary": table(wkb().dictionary_encode(), **extension("geoarrow.wkb")),
        "geoarrow.point": table(structs(z=pa.float64()), **extension("geoarrow.point")),
        "geoarrow.point, interleaved": table(interleaved(), **extension("geoarrow.point")),
        "by its name": table(wkb()).rename_columns(["id", "geom"]),
        "the only pair": table(structs()),
    }


@pytest.mark.parametrize("name", tables())
def test_points_are_found_by_what_names_them(task: PointQuestion, name: str) -> None:
    given = tables()[name]
    told, notes = answer(task, given)
    assert zones(told) == expected(task)
    assert expected(task)[0] is not None
    assert told.select(given.column_names).equals(given)
    assert notes["table-by-geometry"] == {"column": given.column_names[1], "crs": "CRS84"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["geoparquet", "geoparquet, native", "the only pair"])
@pytest.mark.parametrize("is_own", [True, False])
def test_parquet_of_points_is_located_here_and_in_confinement(
    task: PointQuestion, name: str, *, is_own: bool
) -> None:
    content = stream_of(tables()[name], "parquet")
    limits = Limits(cpu_s=60, wall_s=60, mem_mb=1024, file_mb=64)
    opened = {"task": task, "options": GIVEN_NONE}
    stream = (
        open_stream("parquet", "arrow", **opened)
        if is_own
        else open_foreign_stream("parquet", "arrow", **opened, limits=limits)
    )
    told = pa.ipc.open_stream(b"".join([*stream.add(content), *stream.end()])).read_all()
    assert zones(told) == expected(task)
    assert [note.code for note in stream.tally.remarks] == ["table-by-geometry"]


class OfParquet(pa.ExtensionType):
    """WKB that Arrow writes as Parquet's own GEOMETRY."""

    def __init__(self, metadata: str) -> None:
        self.metadata = metadata.encode()
        super().__init__(pa.binary(), "geoarrow.wkb")

    def __arrow_ext_serialize__(self) -> bytes:
        return self.metadata

    @classmethod
    def __arrow_ext_deserialize__(cls, _: pa.DataType, metadata: bytes) -> "OfParquet":
        return cls(metadata.decode())


@pytest.mark.parametrize(("crs", "system"), [("", CRS.CRS84), ("EPSG:4550", CRS.EPSG_4550)])
def test_geometry_of_parquet_without_metadata_is_located(
    task: PointQuestion, crs: str, system: CRS
) -> None:
    kind = OfParquet(orjson.dumps({"crs": crs}).decode() if crs else "{}")
    sink = io.BytesIO()
    given = pa.table([pa.ExtensionArray.from_storage(kind, wkb(system))], names=["ort"])
    pq.write_table(given, sink, store_schema=False)
    told, notes = answer(task, sink.getvalue(), "parquet")
    assert zones(told) == expected(task)
    assert notes["table-by-geometry"] == {"column": "ort", "crs": system.key}


def test_rows_that_hold_no_point_are_told_in_their_place(task: PointQuestion) -> None:
    line = shapely.to_wkb(shapely.LineString([(123, 41), (123, 42)]))
    sound = wkb()[0].as_py()
    nan = struct.pack("<BIdd", 1, 1, float("nan"), 41.7)
    swapped = shapely.to_wkb(shapely.Point(41.786, 123.405))
    cells = [sound, line, None, b"", b"\1\1", sound + b"x", nan, swapped, sound]
    told, _ = answer(task, table(pa.array(cells), **extension("geoarrow.wkb")))
    assert faults(told) == [
        "",
        "coordinate-not-of-point",
        "coordinate-missing",
        "coordinate-missing",
        "coordinate-unreadable",
        "coordinate-unreadable",
        "coordinate-not-finite",
        "coordinate-swapped",
        "",
    ]
    assert [bool(zone) for zone in zones(told)] == [True, *[False] * 7, True]


def test_empty_points_and_nulls_of_pairs_are_missing(task: PointQuestion) -> None:
    rows = [{"x": LON[0], "y": LAT[0]}, None, {"x": np.nan, "y": np.nan}, {"x": 123.4, "y": None}]
    kind = pa.struct({"x": pa.float64(), "y": pa.float64()})
    told, _ = answer(task, table(pa.array(rows, kind)))
    assert faults(told) == ["", *["coordinate-missing"] * 3]


@pytest.mark.parametrize(
    ("crs", "system"),
    [
        (EPSG_4490, CRS.EPSG_4490),
        (EPSG_4550, CRS.EPSG_4550),
        ("EPSG:4550", CRS.EPSG_4550),
        ('PROJCRS["a",BASEGEOGCRS["b",ID["EPSG",4490]],ID["EPSG",4550]]', CRS.EPSG_4550),
        ('GEOGCS["b",AUTHORITY["EPSG","4490"]]', CRS.EPSG_4490),
    ],
)
def test_the_system_that_a_column_names_is_used(
    task: PointQuestion, crs: object, system: CRS
) -> None:
    told, notes = answer(task, table(wkb(system), **extension("geoarrow.wkb", crs=crs)))
    assert zones(told) == expected(task)
    assert notes["table-by-geometry"]["crs"] == system.key


def test_a_system_that_is_not_ours_has_to_be_named_by_a_person(task: PointQuestion) -> None:
    for crs, shown in ((NO_ID, "本地坐标系"), ("EPSG:3857+5773", "EPSG:3857+5773"), (7, "7")):
        with pytest.raises(BulkError) as caught:
            answer(task, table(wkb(), **extension("geoarrow.wkb", crs=crs)))
        assert caught.value.code == "bulk-geometry-crs"
        assert caught.value.params["crs"] == shown
        told, notes = answer(
            task, table(wkb(), **extension("geoarrow.wkb", crs=crs)), options=CSVOptions()
        )
        assert zones(told) == expected(task)
        assert notes["table-crs-overruled"]["own"] == shown


def test_a_person_rules_over_the_column_and_hears_that_they_differ(task: PointQuestion) -> None:
    given = table(wkb(), **extension("geoarrow.wkb", crs=EPSG_4550))
    told, notes = answer(task, given, options=CSVOptions(is_crs_stated=True))
    assert zones(told) == expected(task)
    assert notes["table-crs-overruled"]["own"] == "EPSG:4550"
    _, notes = answer(task, table(wkb(), **extension("geoarrow.wkb", crs=EPSG_4490)))
    assert set(notes) == {"table-by-geometry"}


def test_points_that_name_their_own_system_are_located_in_it(task: PointQuestion) -> None:
    gauss, degrees = wkb(CRS.EPSG_4550), wkb()
    raws = [gauss[0], degrees[1], gauss[2], degrees[0], degrees[0]]
    points = shapely.from_wkb([raw.as_py() for raw in raws])
    srids = [4550, 4326, 0, 0, 32651]
    cells = shapely.to_wkb(shapely.set_srid(points, srids), include_srid=True)
    given = table(pa.array(cells, pa.binary()), **extension("geoarrow.wkb"))
    told, _ = answer(task, given)
    assert zones(told)[:2] == expected(task)[:2]
    assert zones(told)[3] == expected(task)[0]
    assert faults(told)[2].startswith("coordinate-")
    assert faults(told)[4] == "coordinate-other-srid"
    told, notes = answer(task, given, options=CSVOptions(is_crs_stated=True))
    assert faults(told)[4] == ""
    assert notes["table-srid-overruled"]["srid"] == 4550


def test_what_is_no_column_of_points_is_told(task: PointQuestion) -> None:
    for given, code in (
        (table(pa.array([[1.0]]), **extension("geoarrow.linestring")), "bulk-geometry-kind"),
        (table(wkb(), {"geo": b"{}"}), "bulk-geometry-metadata"),
        (table(wkb()), "bulk-no-place"),
        (table(wkb()).append_column("where", wkb()), "bulk-no-place"),
    ):
        with pytest.raises(BulkError) as caught:
            answer(task, given)
        assert caught.value.code == code


def test_the_first_of_several_is_taken_and_the_others_named(task: PointQuestion) -> None:
    other = pa.field("b", pa.binary(), **extension("geoarrow.wkb"))
    given = table(wkb(), **extension("geoarrow.wkb")).append_column(other, pa.nulls(3, pa.binary()))
    told, notes = answer(task, given)
    assert zones(told) == expected(task)
    assert notes["table-one-of-geometries"]["others"] == "b"


def test_columns_of_coordinates_come_before_points(task: PointQuestion) -> None:
    given = table(pa.nulls(3, pa.binary()), **extension("geoarrow.wkb"))
    given = given.append_column("lon", [LON]).append_column("lat", [LAT])
    told, notes = answer(task, given)
    assert zones(told) == expected(task)
    assert notes == {}


@pytest.mark.parametrize(
    ("kind", "crs", "steps"),
    [
        (pa.float16(), CRS.CRS84, "5,188"),
        (pa.float32(), CRS.CRS84, "0.6"),
        (pa.float32(), CRS.EPSG_4550, "0.5"),
        (pa.float32(), CRS.EPSG_4529, "4.0"),
    ],
)
def test_numbers_too_short_for_places_are_told(
    task: PointQuestion, kind: pa.DataType, crs: CRS, steps: str
) -> None:
    x, y = from_storage_xy(np.array(LON), np.array(LAT), crs)
    given = pa.table({"x": pa.array(x).cast(kind), "y": pa.array(y)})
    own = PointQuestion(task.locator, crs)
    _, notes = answer(own, given, options=CSVOptions())
    bits = int(kind.bit_width)
    assert notes["table-numbers-coarse"] == {"columns": "x", "bits": bits, "step_m": steps}
    doubles = pa.table({"x": x, "y": y})
    assert answer(own, doubles, options=CSVOptions())[1] == {}


def test_texts_are_read_as_cells_of_a_csv_are_and_told() -> None:
    texts = ["123.4", " 123°24′00″ ", "１２３.４", "", "\u200b", None, "no"]
    for column in (pa.array(texts), pa.array(texts, pa.large_string())):
        for each in (column, column.dictionary_encode()):
            read = numbers_of(each)
            assert read.values[:3].tolist() == [123.4] * 3
            assert read.missing.tolist() == [False] * 3 + [True] * 3 + [False]
            assert read.bad.tolist() == [False] * 6 + [True]
            assert {row: code for row, (code, _) in read.odd.items()} == {
                1: "csv-angles-read",
                2: "csv-numbers-cleaned",
            }
