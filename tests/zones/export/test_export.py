"""What each format holds of a collection, read by programs that are not ours."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest
import shapely
from pyarrow import parquet
from shapely import Point, box

from tests.exported import FORMATS, ODD, PLAIN, exported, of_each_kind
from zones.crs.transform import CRS
from zones.errors import StoreError
from zones.export.dbf import cut_names
from zones.export.export_options import ExportError, export_options, format_of_name
from zones.export.typed_columns import columns_of
from zones.model import JSON, CollectionInfo, Feature

SQUARE = box(123.4, 41.7, 123.5, 41.8)
ANY = CollectionInfo("any", "全部", "Any")


def columns(*rows: dict[str, Any]) -> dict[str, tuple[str, list[object]]]:
    features = [Feature(str(n), None, row) for n, row in enumerate(rows)]
    return {column.name: (column.kind, list(column.values)) for column in columns_of(features)}


def test_each_column_has_one_type() -> None:
    found = columns(
        {"n": 1, "m": 1, "b": True, "o": [1], "x": 2**63}, {"n": None, "m": 0.5, "x": 1}
    )
    assert found["n"] == ("integer", [1, None])
    assert found["m"] == ("real", [1.0, 0.5])
    assert found["b"] == ("boolean", [True, None])
    assert found["o"] == ("text", ["[1]", None])
    assert found["x"] == ("text", ["9223372036854775808", "1"])


def test_whole_numbers_of_many_digits_stay_what_they_are() -> None:
    long = 210102001001000001
    found = columns({"a": long, "b": long, "c": 2**70}, {"a": None, "b": 0.5, "c": 0.5})
    assert found["a"] == ("integer", [long, None])
    assert found["b"] == ("text", [str(long), "0.5"])
    assert found["c"] == ("text", [str(2**70), "0.5"])


def test_texts_that_are_all_days_are_dates() -> None:
    found = columns(
        {"day": "2024-02-29", "no": "2023-02-29", "one": "2024-01-01", "time": "2024-01-01T00:00Z"},
        {"day": None, "no": "2024-01-01", "one": "", "time": None},
    )
    kinds = {name: kind for name, (kind, _) in found.items()}
    assert kinds == {
        "zones_fid": "text",
        "day": "date",
        "no": "text",
        "one": "text",
        "time": "text",
    }


@pytest.mark.parametrize("format_", ["gpkg", "fgb", "shp"])
def test_dates_and_booleans_leave_as_such(format_: str, tmp_path: Path) -> None:
    rows: list[dict[str, JSON]] = [
        {"opened": "2024-02-29", "built": True},
        {"opened": None, "built": None},
        {"opened": "0998-01-02", "built": False},
    ]
    features = [Feature(str(n), SQUARE, row) for n, row in enumerate(rows)]
    meta, _, _, values = pyogrio.raw.read(exported(tmp_path, features, format_))
    types = dict(
        zip(meta["fields"], zip(meta["ogr_types"], meta["ogr_subtypes"], strict=True), strict=True)
    )
    # FlatGeobuf has no type for dates: they are midnights.
    assert types["opened"][0] == ("OFTDateTime" if format_ == "fgb" else "OFTDate")
    assert types["built"] == ("OFTInteger", "OFSTBoolean")
    days = dict(zip(meta["fields"], values, strict=True))["opened"]
    assert {str(day)[:10] for day in days} == {"2024-02-29", "0998-01-02", "NaT"}


def test_names_that_differ_by_case_alone_are_told_apart() -> None:
    assert list(columns({"Name": 1, "name": 2, "ZONES_FID": 3})) == [
        "zones_fid",
        "Name",
        "name_2",
        "ZONES_FID_2",
    ]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_folder_that_cannot_be_written_is_named_as_the_fault(
    format_: str, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="disk failed"):
        exported(tmp_path / "none", PLAIN, format_)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_cut_names_fit_are_whole_and_unique(encoding: str) -> None:
    names = [f"规划地块面积（平方米）{n}" for n in range(120)] + ["abcdefghijk", "ABCDEFGHIJL"]
    cut = cut_names(names, encoding=encoding)
    assert all(0 < len(name.encode(encoding)) <= 10 for name in cut)
    assert len({name.casefold() for name in cut}) == len(names)
    assert all("\ufffd" not in name for name in cut)


@pytest.mark.parametrize("format_", FORMATS)
def test_an_empty_collection_can_be_exported(format_: str, tmp_path: Path) -> None:
    path = exported(tmp_path, (), format_)
    # No feature is no line.
    assert (path.stat().st_size == 0) == (format_ == "geojsonl")


@pytest.mark.parametrize("format_", ["gpkg", "fgb", "geojson", "parquet", "shp"])
@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4550", "EPSG:3857"])
def test_other_programs_see_the_reference_system(format_: str, crs: str, tmp_path: Path) -> None:
    path = exported(tmp_path, PLAIN[:1], format_, crs=crs)
    if format_ == "parquet":
        geo = json.loads(parquet.read_metadata(path).metadata[b"geo"])
        told = geo["columns"]["geometry"]["crs"]["id"]
        assert f"{told['authority']}:{told['code']}" == crs
    else:
        assert pyogrio.read_info(path)["crs"] == crs


@pytest.mark.parametrize("format_", ["gpkg", "fgb", "shp"])
def test_shifted_coordinates_are_not_called_wgs_84(format_: str, tmp_path: Path) -> None:
    path = exported(tmp_path, PLAIN[:1], format_, crs="gcj02")
    told = pyogrio.read_info(path)["crs"]
    assert told is None or told.startswith('LOCAL_CS["GCJ-02')


def test_a_projected_export_has_eastings_first(tmp_path: Path) -> None:
    path = exported(tmp_path, [Feature("a", Point(123, 41.7), {})], "gpkg", crs="EPSG:4529")
    _, _, (wkb,), _ = pyogrio.raw.read(path)
    x, y = shapely.from_wkb(wkb).coords[0]
    # On the zone's own meridian the easting is the false one, with the zone's number before it.
    assert x == pytest.approx(41_500_000)
    assert 4_600_000 < y < 4_700_000


def test_a_geopackage_keeps_attributes_called_fid_and_geom(tmp_path: Path) -> None:
    features = [Feature("a", SQUARE, {"fid": "x", "geom": 7, "FID": 1.5})]
    meta, _, _, values = pyogrio.raw.read(exported(tmp_path, features, "gpkg"))
    found = dict(zip(meta["fields"], (column[0] for column in values), strict=True))
    assert found == {"zones_fid": "a", "fid": "x", "geom": 7, "FID_2": 1.5}


def test_single_and_multi_part_polygons_are_one_layer_of_one_type(tmp_path: Path) -> None:
    for format_ in ("gpkg", "fgb"):
        info = pyogrio.read_info(exported(tmp_path, PLAIN, format_))
        assert info["geometry_type"] == "MultiPolygon"
        assert info["features"] == 3


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_shapefile_has_utf_8_and_says_so(tmp_path: Path) -> None:
    found = members(exported(tmp_path, PLAIN, "shp"))
    assert set(found) == {f"plots.{ending}" for ending in ("shp", "shx", "dbf", "prj", "cpg")}
    assert found["plots.cpg"] == b"UTF-8"
    assert "三好街".encode() in found["plots.dbf"]
    assert b"China_Geodetic_Coordinate_System_2000" in found["plots.prj"]


def test_a_shapefile_in_gbk_says_so_twice(tmp_path: Path) -> None:
    found = members(exported(tmp_path, PLAIN, "shp", encoding="gbk"))
    assert found["plots.cpg"] == b"GBK"
    assert found["plots.dbf"][29] == 0x4D
    assert "三好街".encode("gbk") in found["plots.dbf"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_gdal_reads_the_shapefile_s_texts_and_every_digit(encoding: str, tmp_path: Path) -> None:
    meta, _, _, values = pyogrio.raw.read(exported(tmp_path, PLAIN, "shp", encoding=encoding))
    found = dict(zip(meta["fields"], values, strict=True))
    assert found["title"].tolist() == ["三好街", "Nanhu & <Park>", None]
    assert found["share"].tolist() == [0.1 + 0.2, 1e-7, -123456789.12345678]
    assert found["zones_fid"].tolist() == ["p/甲", "p 2", "p-3"]
    assert found["built"].tolist() == [True, False, True]


def test_names_that_were_cut_are_told_in_full(tmp_path: Path) -> None:
    features = [Feature("a", SQUARE, {"规划面积（公顷）": 1, "规划面积（平方米）": 2})]
    found = members(exported(tmp_path, features, "shp"))
    told = found["plots_fields.txt"].decode("utf-8-sig")
    assert "规划面\t规划面积（公顷）" in told
    assert "规划_2\t规划面积（平方米）" in told
    assert "README.txt" not in found


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_names_that_fit_are_kept_though_longer_ones_come_first(encoding: str) -> None:
    names = ["zones_fid", "landuse_code_1", "landuse_code_2", "LANDUSE_CO", "landuse__2"]
    cut = cut_names(names, encoding=encoding)
    assert cut == ["zones_fid", "landuse__3", "landuse__4", "LANDUSE_CO", "landuse__2"]


def test_a_name_that_is_cut_at_a_blank_ends_before_it() -> None:
    assert cut_names(["long name of", "long name"], encoding="utf-8") == ["long nam_2", "long name"]
    assert cut_names(["abcdefghi jk"], encoding="gbk") == ["abcdefghi"]


def test_names_that_differ_by_what_gbk_lacks_are_told_apart() -> None:
    assert cut_names(["𠀀码", "𠀁码", "?码"], encoding="gbk") == ["?码_2", "?码_3", "?码"]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_no_field_of_a_shapefile_is_lost(encoding: str, tmp_path: Path) -> None:
    names = [
        "土地使用性质代码",
        "土地使用性质名称",
        "landuse_code_1",
        "landuse_code_2",
        "LANDUSE_CO",
    ]
    names += ["a.b", "é", "-", "名称𠀀", "名称𠀁"]
    row: dict[str, JSON] = {name: f"v{number}" for number, name in enumerate(names)}
    path = exported(tmp_path, [Feature("a", SQUARE, row)], "shp", encoding=encoding)
    meta, _, _, values = pyogrio.raw.read(path)
    assert [column[0] for column in values] == ["a", *row.values()]
    assert all(len(name.encode(encoding)) <= 10 for name in meta["fields"])
    assert len({name.casefold() for name in meta["fields"]}) == len(names) + 1
    told = members(path)["plots_fields.txt"].decode("utf-8-sig")
    pairs = zip(meta["fields"][1:], names, strict=True)
    assert all(f"{name}\t{full}\r\n" in told for name, full in pairs)


def test_whole_numbers_that_gdal_takes_for_decimal_ones_are_told(tmp_path: Path) -> None:
    row: dict[str, JSON] = {"n18": 210102001001000001, "n19": 9210102001001000001}
    path = exported(tmp_path, [Feature("a", SQUARE, row)], "shp")
    found = members(path)
    assert b"9210102001001000001" in found["plots.dbf"]
    told = found["README.txt"].decode("utf-8-sig")
    assert "n19" in told
    assert "n18" not in told
    meta, _, _, values = pyogrio.raw.read(path)
    read = dict(zip(meta["fields"], values, strict=True))
    assert read["n18"].tolist() == [210102001001000001]
    assert read["n19"].dtype.kind == "f"  # else the README is wrong by now


def test_what_a_shapefile_cannot_hold_is_said_beside_it(tmp_path: Path) -> None:
    features = [Feature("a", SQUARE, {"t": "中" * 200, "u": "𠀀"})]
    found = members(exported(tmp_path, features, "shp", crs="bd09", encoding="gbk"))
    told = found["README.txt"].decode("utf-8-sig")
    assert "plots.prj" not in found
    assert "crs=bd09" in told
    assert "1 texts are longer than 254 bytes and were cut between characters (fields: t)" in told
    assert (
        "1 texts hold characters that GBK has not; question marks stand for them (fields: u)"
        in (told)
    )
    text = found["plots.dbf"].decode("gbk", "replace")
    assert "中" * 127 in text
    assert "中" * 128 not in text


def test_mixed_kinds_become_a_shapefile_each(tmp_path: Path) -> None:
    features = (*of_each_kind(), Feature("g", shapely.union_all([SQUARE, Point(1, 1)]), {"n": 9}))
    path = exported(tmp_path, features, "shp", info=ANY)
    counts = {
        name.removesuffix(".shp"): pyogrio.read_info(f"/vsizip/{path}/{name}")["features"]
        for name in members(path)
        if name.endswith(".shp")
    }
    # The feature without a place is in the first, the mixed one in two.
    assert counts == {"any_point": 2, "any_multipoint": 2, "any_line": 2, "any_polygon": 3}


def test_the_same_export_twice_has_the_same_bytes(tmp_path: Path) -> None:
    for format_ in ("shp", "geojson", "kml", "csv", "parquet", "fgb"):
        first = exported(tmp_path, PLAIN, format_).read_bytes()
        assert exported(tmp_path, PLAIN, format_).read_bytes() == first, format_


def test_a_csv_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    features = [Feature("a", Point(ODD, 41.75), {"t": "=1+1", "n": -5})]
    text = exported(tmp_path, features, "csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    head, row = text.decode("utf-8-sig").splitlines()
    assert (head, row) == ("zones_fid,lon,lat,t,n", f"a,{ODD!r},41.75,'=1+1,-5")
    plain = exported(tmp_path, features, "csv", encoding="utf-8").read_bytes()
    assert plain == text.removeprefix(b"\xef\xbb\xbf")


def test_a_csv_tells_true_and_false_and_marks_marked_texts_once_more(tmp_path: Path) -> None:
    features = [Feature("a", Point(ODD, 41.75), {"b": True, "t": "'=x", "u": "'x", "v": "-5 m"})]
    text = exported(tmp_path, features, "csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[1] == f"a,{ODD!r},41.75,true,''=x,'x,'-5 m"


def test_a_csv_in_metres_names_its_columns_so_and_keeps_attributes_of_that_name(
    tmp_path: Path,
) -> None:
    features = [Feature("a", Point(123.4, 41.75), {"x": 1, "Y": 2})]
    head = exported(tmp_path, features, "csv", crs="EPSG:4550").read_text("utf-8-sig")
    assert head.splitlines()[0] == "zones_fid,x,y,x_2,Y_2"


def test_a_kml_is_sound_xml_whatever_the_attributes_hold(tmp_path: Path) -> None:
    features = [Feature('<"&>', SQUARE, {'a"<b>': "x\x08\ufffe]]>&", "n": 2**40})]
    path = exported(tmp_path, features, "kml")
    ElementTree.parse(path)  # noqa: S314 - our own file
    meta, _, _, values = pyogrio.raw.read(path)
    found = dict(zip(meta["fields"], (column[0] for column in values), strict=True))
    assert (found['a"<b>'], found["n"]) == ("x]]>&", str(2**40))


def test_geoparquet_is_as_the_standard_asks(tmp_path: Path) -> None:
    table = parquet.read_table(exported(tmp_path, PLAIN, "parquet", crs="CRS84"))
    geo = json.loads(table.schema.metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert column["geometry_types"] == ["MultiPolygon", "Polygon"]
    assert "crs" not in column
    shapes = np.array([feature.geometry for feature in PLAIN], dtype=object)
    assert column["bbox"] == shapely.total_bounds(shapes).tolist()
    assert table.column("number").to_pylist() == [1, 2**31 - 1, None]


def test_a_day_is_a_date_in_geoparquet(tmp_path: Path) -> None:
    features = [Feature("a", SQUARE, {"opened": "2024-02-29"}), Feature("b", SQUARE, {})]
    table = parquet.read_table(exported(tmp_path, features, "parquet"))
    assert str(table.schema.field("opened").type) == "date32[day]"
    assert table.column("opened").to_pylist() == [date(2024, 2, 29), None]


def test_geoparquet_says_that_it_does_not_know_a_shifted_datum(tmp_path: Path) -> None:
    path = exported(tmp_path, PLAIN, "parquet", crs="gcj02")
    geo = json.loads(parquet.read_metadata(path).metadata[b"geo"])
    assert geo["columns"]["geometry"]["crs"] is None


def test_geojson_in_wgs_84_is_that_of_the_standard(tmp_path: Path) -> None:
    assert "crs" not in json.loads(exported(tmp_path, PLAIN, "geojson").read_text())
    shifted = json.loads(exported(tmp_path, PLAIN, "geojson", crs="gcj02").read_text())
    assert shifted["crs"]["properties"]["name"] == CRS.GCJ02.uri


@pytest.mark.parametrize(
    ("format_", "options", "code"),
    [
        ("dwg", {}, "export-format"),
        ("kml", {"crs": CRS.EPSG_4550}, "export-crs"),
        ("geojsonl", {"crs": CRS.EPSG_3857}, "export-crs"),
        ("gpkg", {"encoding": "gbk"}, "export-encoding"),
        ("shp", {"encoding": "latin-1"}, "export-encoding"),
    ],
)
def test_what_a_format_cannot_be_is_refused(
    format_: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(ExportError) as caught:
        export_options(format_, **options)
    assert caught.value.code == code


def test_a_file_s_name_tells_the_format() -> None:
    assert [format_of_name(name) for name in ("a.GPKG", "b.zip", "c.dwg")] == ["gpkg", "shp", ""]


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["gpkg", "fgb", "shp"])
def test_a_large_layer_is_written_by_another_process_just_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    rows: list[dict[str, JSON]] = [
        {"名称": "甲", "n": 2**60 + 1, "x": 0.1, "ok": True, "day": "2024-02-29"},
        {"名称": None, "n": None, "x": None, "ok": None, "day": None},
        {"名称": "", "n": 3, "x": 1.5, "ok": False, "day": "1900-01-01"},
    ]
    shapes = [SQUARE, None, box(123.5, 41.7, 123.6, 41.8)]
    features = [Feature(f"f{n}", shapes[n % 3], rows[n % 3]) for n in range(9)]
    small = pyogrio.raw.read(exported(tmp_path, features, format_))
    monkeypatch.setattr("zones.export.gdal_file.MOST_FEATURES", 0)
    monkeypatch.setattr("zones.export.gdal_process._BYTES_AT_ONCE", 150)
    large = pyogrio.raw.read(exported(tmp_path, features, format_))
    assert small[2].tolist() == large[2].tolist()
    assert [str(column.tolist()) for column in small[3]] == [
        str(column.tolist()) for column in large[3]
    ]
    assert str(small[0]) == str(large[0])


def test_a_process_that_cannot_write_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.export.gdal_file.MOST_FEATURES", 0)
    with pytest.raises(StoreError) as caught:
        exported(tmp_path / "none", [Feature("a", SQUARE, {})], "gpkg")
    assert "Traceback" not in str(caught.value.params)
    assert "none" in str(caught.value.params["reason"])
