from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.format_files import (
    Columns,
    area_with_an_arc,
    boxes,
    by_gdal,
    dxf,
    flatgeobuf,
    geopackage,
    geoparquet,
    with_sql,
    zipped_geodatabase,
)
from tests.opened_sources import Read, read
from tests.source_files import zip_of
from zones.errors import SourceError
from zones.formats.gdal.values import column_as_json, kinds_of
from zones.source.file_findings import FormatName

LONG = 210102001001000001
NAMES: Columns = {"名称": ["北市场", None, "南市场"], "code": [LONG, None, 7]}
POINT = [0, "POINT", 8, "道路", 10, 41533000.0, 20, 4625000.0, 30, 12.5]
CIRCLE = [0, "CIRCLE", 8, "圆", 10, 41533000.0, 20, 4625000.0, 40, 5.0]
TEXT = [0, "TEXT", 8, "注记", 10, 41533000.0, 20, 4625000.0, 40, 2.5, 1, "和平区"]


def shapes(found: Read) -> list[Any]:
    return [shapely.from_wkb(row["wkb"]) for row in found.rows]


def code_of(folder: Path, content: bytes, format_name: FormatName, **options: Any) -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, content, format_name, **options)
    return caught.value.code


def test_a_flatgeobuf_keeps_whole_numbers_whole_beside_a_missing_one(tmp_path: Path) -> None:
    content = flatgeobuf(boxes(3), NAMES, SPATIAL_INDEX="NO")
    found = read(tmp_path, content, "flatgeobuf")
    assert [row["properties"]["code"] for row in found.rows] == [LONG, None, 7]
    assert [row["properties"]["名称"] for row in found.rows] == ["北市场", None, "南市场"]
    assert found.findings.crs.key == "EPSG:4490"
    assert all(one.equals(two) for one, two in zip(shapes(found), boxes(3), strict=True))


def test_a_flatgeobuf_without_a_system_asks_for_one(tmp_path: Path) -> None:
    content = flatgeobuf(boxes(1), crs=None)
    asked = read(tmp_path, content, "flatgeobuf").question
    assert asked is not None
    assert (asked.topic, asked.code) == ("crs", "ask-crs")
    assert read(tmp_path, content, "flatgeobuf", crs="EPSG:4490").codes == []


def test_lists_times_truths_and_bytes_become_what_json_has(tmp_path: Path) -> None:
    import numpy as np

    columns = {
        "when": np.array(["2026-01-31T08:30:00"], dtype="datetime64[ms]"),
        "ok": np.array([True]),
        "x": np.array([1.5]),
    }
    content = flatgeobuf(boxes(1), columns)
    (row,) = read(tmp_path, content, "flatgeobuf").rows
    assert row["properties"]["when"].startswith("2026-01-31T08:30:00")
    assert (row["properties"]["ok"], row["properties"]["x"]) == (True, 1.5)


@pytest.mark.parametrize("top", ["", "成果/plan.gdb/"])
def test_a_geodatabase_is_read_wherever_its_folder_lies(tmp_path: Path, top: str) -> None:
    content = zipped_geodatabase(boxes(2), {"名称": ["甲", "乙"]}, top=top)
    found = read(tmp_path, content, "filegdb")
    assert [row["properties"]["名称"] for row in found.rows] == ["甲", "乙"]
    assert (found.findings.layer, found.findings.crs.key) == ("plan", "EPSG:4490")


def test_of_a_geodatabase_only_its_own_files_are_unpacked(tmp_path: Path) -> None:
    parts = by_gdal("OpenFileGDB", "plan.gdb", boxes(1), geometry_type="MultiPolygon")
    more = zip_of({**parts, "plan.gdb/evil.vrt": b"<OGRVRTDataSource/>", "x.lock": b""})
    assert len(read(tmp_path, more, "filegdb").rows) == 1
    unpacked = {path.name for path in (tmp_path / "own" / "source.gdb").iterdir()}
    assert unpacked == {name.rpartition("/")[2] for name in parts}


@pytest.mark.parametrize(
    ("members", "code"),
    [({"a.txt": b"x"}, "zip-no-gdb"), ({"a.gdb/gdb": b"x", "b.gdb/gdb": b"x"}, "zip-gdbs")],
)
def test_a_zip_must_hold_one_geodatabase(
    tmp_path: Path, members: dict[str, bytes], code: str
) -> None:
    assert code_of(tmp_path, zip_of(members), "filegdb") == code


@pytest.mark.parametrize(
    ("code_page", "encoding"), [("ANSI_936", "gbk"), ("ANSI_1252", "gbk"), ("ANSI_936", "utf-8")]
)
def test_texts_of_a_drawing_are_right_whatever_its_code_page_says(
    tmp_path: Path, code_page: str, encoding: str
) -> None:
    content = dxf(POINT, TEXT, code_page=code_page, encoding=encoding)
    found = read(tmp_path, content, "dxf", crs="EPSG:4529")
    assert [row["properties"]["Layer"] for row in found.rows] == ["道路", "注记"]
    assert found.rows[1]["properties"]["Text"] == "和平区"
    assert found.codes == ["heights-dropped"]


def test_circles_of_a_drawing_become_lines_with_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, dxf(CIRCLE), "dxf", crs="EPSG:4529")
    assert "curves-straightened" in found.codes
    (circle,) = shapes(found)
    assert circle.is_closed
    assert shapely.get_num_coordinates(circle) > 20


def test_a_drawing_never_says_where_it_lies(tmp_path: Path) -> None:
    asked = read(tmp_path, dxf(POINT), "dxf").question
    assert asked is not None
    assert [candidate.options for candidate in asked.candidates] == [{"crs": "EPSG:4529"}]


@pytest.mark.parametrize("format_name", ["flatgeobuf", "dxf"])
def test_bytes_of_another_kind_are_refused(tmp_path: Path, format_name: FormatName) -> None:
    for content in (b"PK\x03\x04" + bytes(100), b"\x00" * 50, b"<html></html>"):
        assert code_of(tmp_path, content, format_name, crs="CRS84") == "source-unreadable"


def geodatabase(columns: Columns, geometries: Any = None, **options: Any) -> bytes:
    kind = {"geometry_type": "MultiPolygon", **options}
    parts = by_gdal("OpenFileGDB", "a.gdb", geometries or boxes(3), columns, **kind)
    return zip_of(parts)


@pytest.mark.parametrize("format_name", ["filegdb", "flatgeobuf", "gpkg"])
def test_numbers_of_four_bytes_show_the_digits_that_were_entered(
    tmp_path: Path, format_name: FormatName
) -> None:
    columns: Columns = {"MJ": np.array([0.1, 123.456, 41533.66], np.float32)}
    content = {
        "filegdb": lambda: geodatabase(columns),
        "flatgeobuf": lambda: flatgeobuf(boxes(3), columns),
        "gpkg": lambda: geopackage({"t": (boxes(3), columns)}),
    }[format_name]()
    found = read(tmp_path, content, format_name)
    assert sorted(row["properties"]["MJ"] for row in found.rows) == [0.1, 123.456, 41533.66]


def test_more_digits_in_a_column_of_four_bytes_are_kept(tmp_path: Path) -> None:
    columns: Columns = {"MJ": np.array([0.5, 0.25, 0.125], np.float32)}
    content = with_sql(
        geopackage({"t": (boxes(3), columns)}), rows=[("UPDATE t SET MJ = ?", (123.456789012,))]
    )
    found = read(tmp_path, content, "gpkg")
    assert {row["properties"]["MJ"] for row in found.rows} == {123.456789012}


def test_a_geodatabase_tells_what_its_clock_showed(tmp_path: Path) -> None:
    times = np.array(["2024-02-29T08:00:00", "2024-02-29T16:30:00", "NaT"], "datetime64[ms]")
    found = read(tmp_path, geodatabase({"RQ": times}), "filegdb")
    told = [row["properties"]["RQ"] for row in found.rows]
    assert told == ["2024-02-29T08:00:00", "2024-02-29T16:30:00", None]


@pytest.mark.parametrize("format_name", ["filegdb", "flatgeobuf"])
@pytest.mark.parametrize("with_arc", [True, False])
def test_arcs_among_plain_areas_are_told(
    tmp_path: Path, format_name: FormatName, with_arc: bool
) -> None:
    geometries = [*boxes(2), area_with_an_arc(east=123.5)] if with_arc else boxes(3)
    make = geodatabase if format_name == "filegdb" else flatgeobuf
    found = read(tmp_path, make(columns={"n": [1, 2, 3]}, geometries=geometries), format_name)
    assert ("curves-straightened" in found.codes) == with_arc
    assert len(found.rows) == 3


@pytest.mark.parametrize("format_name", ["filegdb", "flatgeobuf", "gpkg", "geoparquet"])
def test_infinite_numbers_are_missing_and_told(tmp_path: Path, format_name: FormatName) -> None:
    columns: Columns = {"MJ": np.array([0.5, np.inf, -np.inf])}
    content = {
        "filegdb": lambda: geodatabase(columns),
        "flatgeobuf": lambda: flatgeobuf(boxes(3), columns),
        "gpkg": lambda: geopackage({"t": (boxes(3), columns)}),
        "geoparquet": lambda: geoparquet(boxes(3), columns),
    }[format_name]()
    found = read(tmp_path, content, format_name)
    values = [row["properties"]["MJ"] for row in found.rows]
    assert (values.count(None), values.count(0.5)) == (2, 1)
    (told,) = found.problems
    assert (told.code, told.field, told.params["count"]) == ("numbers-not-finite", "MJ", 2)


def test_true_and_false_stay_so_beside_a_missing_one() -> None:
    info = {"ogr_types": ["OFTInteger"], "ogr_subtypes": ["OFSTBoolean"]}
    values = column_as_json(np.array([1.0, np.nan, 0.0]), *kinds_of(info))
    assert list(map(repr, values)) == ["True", "None", "False"]


def _measured(kind: str) -> bytes:
    """Return a package of two points, the first with a measure, in a layer of this kind."""
    # The header of 8 bytes and no envelope, then WKB of a point with a measure.
    with_measure = shapely.to_wkb(shapely.from_wkt("POINT M (123.4 41.78 7)"), flavor="iso")
    geometry = b"GP\0\x01" + (4490).to_bytes(4, "little") + with_measure
    return with_sql(
        geopackage({"桩号": ([shapely.Point(123.4, 41.78)] * 2, {"name": ["K1", "K2"]})}),
        "UPDATE gpkg_geometry_columns SET m = 1",
        rows=[
            ("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", (kind,)),
            ("UPDATE 桩号 SET geom = ? WHERE fid = 1", (geometry,)),
        ],
    )


def test_measures_that_gdal_leaves_out_are_told(tmp_path: Path) -> None:
    found = read(tmp_path, _measured("POINT"), "gpkg")
    assert [item.code for item in found.problems] == ["heights-dropped"]
    assert shapes(found)[0] == shapely.Point(123.4, 41.78)


def test_a_layer_of_any_kind_with_measures_is_told_in_words(tmp_path: Path) -> None:
    assert code_of(tmp_path, _measured("GEOMETRY"), "gpkg") == "layer-kind-unread"
