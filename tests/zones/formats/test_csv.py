from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.opened_sources import Read, layer_of, read
from zones.crs.reference_systems import parse_crs
from zones.crs.transform import to_plane, to_storage_xy
from zones.errors import SourceError
from zones.formats.csv.coordinate_columns import CoordinateColumns, place_of


def read_csv(folder: Path, text: str, *, encoding: str = "utf-8", **options: Any) -> Read:
    return read(folder, text.encode(encoding), "csv", **{"crs": "CRS84", **options})


def shapes(found: Read) -> list[Any]:
    return [row["wkb"] and shapely.from_wkb(row["wkb"]) for row in found.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_chinese_tables_read_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = '名称,经度,纬度,备注\r\n"沈阳站, 东口",123.40,41.79,"第一行\n第二行"\r\n'
    found = read_csv(tmp_path, text, encoding=encoding)
    (row,) = found.rows
    assert row["properties"] == {"名称": "沈阳站, 东口", "备注": "第一行\n第二行"}
    assert shapes(found) == [shapely.Point(123.40, 41.79)]


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["id", "Longitude", "Latitude"], CoordinateColumns(x=1, y=2)),
        (["X", "Y", "lon", "lat"], CoordinateColumns(x=2, y=3)),
        (["POINT_X", "POINT_Y"], CoordinateColumns(x=0, y=1)),
        (["经度（°）", "纬度（°）"], CoordinateColumns(x=0, y=1)),
        (["东坐标", "北坐标"], CoordinateColumns(x=0, y=1)),
        (["北纬", "东经"], CoordinateColumns(x=1, y=0)),
        (["lon", "lat", "WKT"], CoordinateColumns(wkt=2)),
    ],
)
def test_columns_of_places_are_known_by_many_names(
    names: list[str], place: CoordinateColumns
) -> None:
    assert place_of(names) == place


def test_shapes_in_wkt_are_read_with_or_without_an_srid(tmp_path: Path) -> None:
    text = (
        "name;wkt\n"
        "a;POLYGON ((123.4 41.7, 123.5 41.7, 123.5 41.8, 123.4 41.7))\n"
        'b;"SRID=4326;POINT Z (123.4 41.7 9)"\n'
    )
    found = read_csv(tmp_path, text)
    assert [shape.geom_type for shape in shapes(found)] == ["Polygon", "Point"]
    assert found.codes == ["csv-srid-some", "heights-dropped"]


@pytest.mark.parametrize("ordinates", ["Z", "M", "ZM"])
def test_heights_and_measures_in_metres_are_dropped_and_told(
    tmp_path: Path, ordinates: str
) -> None:
    further = " 9" * len(ordinates)
    text = f'wkt\n"LINESTRING {ordinates} (533000 4626000{further}, 533100 4626000{further})"\n'
    found = read_csv(tmp_path, text, crs="EPSG:4550")
    assert found.codes == ["heights-dropped"]
    (shape,) = shapes(found)
    assert not shape.has_z
    assert not shape.has_m


def test_columns_of_numbers_become_numbers_and_codes_stay_text(tmp_path: Path) -> None:
    text = (
        "lon,lat,n,area,code,long\n"
        "123.4,41.7,1,2.5,0210,123456789012345678901\n"
        "123.4,41.7,,-3,02,1\n"
    )
    found = read_csv(tmp_path, text)
    assert [row["properties"] for row in found.rows] == [
        {"n": 1, "area": 2.5, "code": "0210", "long": "123456789012345678901"},
        {"n": None, "area": -3.0, "code": "02", "long": "1"},
    ]
    types = {item.name: item.type for item in found.findings.fields}
    assert types == {"n": "number", "area": "number", "code": "text", "long": "text"}


def test_a_row_without_numbers_has_no_place_and_half_a_pair_is_a_problem(tmp_path: Path) -> None:
    text = "lon,lat,n\n,,1\n123.4,,2\n123°61′,41.7,3\n１２３.4,41.7,4\n"
    found = read_csv(tmp_path, text)
    assert [(p.code, p.feature) for p in found.problems if p.severity == "error"] == [
        ("csv-not-numbers", 2),
        ("csv-not-numbers", 3),
    ]


def test_swapped_columns_are_told(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "lon,lat\n41.7,123.4\n")
    assert found.codes == ["coordinate-swapped"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("名称,地址\n甲,乙\n".encode(), "csv-no-place"),
        (b"\xff\xfel\0o\0n\0", "csv-no-place"),
        ("lon,lat\n1,2\n".encode("utf-16") + b"\0", "csv-utf16-damaged"),
        (b"\xff\xfe" + "lon,lat\n1,2\n".encode("utf-16-le") + b"\0\xd8", "csv-utf16-damaged"),
        ("lon,lat\n1,2\n".encode("utf-32"), "text-encoding"),
        (",".join(["lon", "lat", *(f"f{n}" for n in range(300))]).encode(), "too-many-fields"),
        (b"lon,lat,t\n1,2,\xff\xfe\xff\n", "text-encoding"),
    ],
)
def test_what_is_no_table_of_places_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        layer_of(tmp_path, content, "csv", crs="CRS84")
    assert caught.value.code == code


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_unicode_text_of_a_spreadsheet_is_read(tmp_path: Path, mark: str, delimiter: str) -> None:
    rows = [["名称", "经度", "纬度"], ["沈阳站\u2028北", "123.4", "41.79"], ["😀", "123.5", "41.8"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    found = read_csv(tmp_path, "\ufeff" + text, encoding=mark)
    assert [row["properties"]["名称"] for row in found.rows] == ["沈阳站\u2028北", "😀"]
    assert shapes(found)[1] == shapely.Point(123.5, 41.8)
    assert (found.codes, found.findings.encoding.name) == (["csv-utf16-read"], "UTF-16")


def test_utf16_in_pieces_of_any_size_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.formats.csv.delimiter._AT_ONCE", 3)
    text = 'lon\tlat\tn\r\n123.4\t41.7\t"甲\n😀"\r\n123.5\t41.8\t乙'
    found = read_csv(tmp_path, "\ufeff" + text, encoding="utf-16-le")
    assert [row["properties"]["n"] for row in found.rows] == ["甲\n😀", "乙"]


def test_another_encoding_is_not_taken_for_utf16(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        layer_of(tmp_path, "lon,lat\n1,2\n".encode("utf-16"), "csv", crs="CRS84", encoding="gbk")
    assert caught.value.code == "encoding-override-wrong"


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;"])
def test_a_line_that_names_the_delimiter_is_passed_over(tmp_path: Path, first: str) -> None:
    found = read_csv(tmp_path, f"{first}\r\n名称,地址;lon;lat\r\n甲,1;123.4;41.7\r\n")
    assert found.rows[0]["properties"] == {"名称,地址": "甲,1"}
    assert found.codes == ["csv-sep-line"]


@pytest.mark.slow
def test_a_fault_is_told_by_its_line_of_the_file_below_a_sep_line(tmp_path: Path) -> None:
    plain = 'lon,lat,n\n1,2,"' + "a" * (17 * 1024 * 1024)
    lines = []
    for text in (plain, "sep=,\n" + plain):
        with pytest.raises(SourceError) as caught:
            layer_of(tmp_path, text.encode(), "csv", crs="CRS84")
        lines.append(caught.value.params["line"])
    assert lines[1] == lines[0] + 1


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("坐标", '"123.41,41.79"'),
        ("经纬度", '"123.41，41.79"'),
        ("location", '"(123.41, 41.79)"'),
        ("纬度,经度", '"41.79 123.41"'),
        ("latlng", '"41.79,123.41"'),
        ("坐标", '"41.79,123.41"'),
        ('"lng,lat"', "１２３.41；41.79"),
        ("随便什么", '"123.41,41.79"'),
        ("随便什么", '"41.79,123.41"'),
    ],
)
def test_both_numbers_in_one_column_are_taken_apart(tmp_path: Path, header: str, cell: str) -> None:
    quoted = header if header.startswith('"') else f'"{header}"'
    found = read_csv(tmp_path, f"名称,{quoted},类\n甲,{cell},a\n乙,,b\n")
    assert shapes(found) == [shapely.Point(123.41, 41.79), None]
    assert [row["properties"] for row in found.rows] == [
        {"名称": "甲", "类": "a"},
        {"名称": "乙", "类": "b"},
    ]
    cleaned = ["csv-numbers-cleaned"] if "１" in cell else []
    assert found.codes == ["csv-one-column", *cleaned, "geometry-missing"]
    assert found.problems[0].params["x"] == "123.41"


def test_a_pair_without_quotes_about_its_comma_is_read(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "名称,坐标,类\n甲,123.41,41.79,a\n乙,123.42,41.78,b\n")
    assert shapes(found) == [shapely.Point(123.41, 41.79), shapely.Point(123.42, 41.78)]
    assert [row["properties"]["类"] for row in found.rows] == ["a", "b"]


def test_pairs_in_metres_are_read_in_either_order(tmp_path: Path) -> None:
    for pair in ("41533000.5,4626000", "4626000,41533000.5"):
        found = read_csv(tmp_path, f'n,坐标\na,"{pair}"\n', crs="EPSG:4529")
        assert shapes(found)[0].distance(shapely.Point(123.397, 41.768)) < 0.001


def test_columns_of_their_own_come_before_a_pair(tmp_path: Path) -> None:
    found = read_csv(tmp_path, '坐标,lon,lat\n"1,2",123.4,41.7\n')
    assert shapes(found) == [shapely.Point(123.4, 41.7)]
    assert found.rows[0]["properties"] == {"坐标": "1,2"}


@pytest.mark.parametrize("cell", ['"12,5"', '"2026,11"', '"1,2,3"', "南京街"])
def test_other_numbers_with_commas_are_no_places(tmp_path: Path, cell: str) -> None:
    with pytest.raises(SourceError) as caught:
        layer_of(tmp_path, f"名称,尺寸\n甲,{cell}\n".encode(), "csv", crs="CRS84")
    assert caught.value.code == "csv-no-place"


def test_what_is_no_pair_is_told_by_its_row(tmp_path: Path) -> None:
    found = read_csv(tmp_path, '坐标\n"123.41,41.79"\n南京街\n"123.41,"\n')
    assert [(p.code, p.feature) for p in found.problems if p.severity == "error"] == [
        ("csv-not-numbers", 2),
        ("csv-not-numbers", 3),
    ]


def test_a_header_alone_with_a_pair_reads_nothing(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "名称,坐标\n").rows == []


@pytest.mark.parametrize(
    "text", ["x;y\n123,405;41,785\n", 'lon,lat\n"123,405","41,785"\n', "n;坐标\na;123,405 41,785\n"]
)
def test_decimal_commas_are_told_as_such(tmp_path: Path, text: str) -> None:
    found = read_csv(tmp_path, text)
    assert "csv-decimal-comma" in found.codes
    assert found.rows == []


@pytest.mark.parametrize(
    ("header", "crs"),
    [
        ("lng_gcj02,lat_gcj02", "gcj02"),
        ("经度(GCJ-02),纬度(GCJ-02)", "gcj02"),
        ("高德经度,高德纬度", "gcj02"),
        ("bd09_lng,bd09_lat", "bd09"),
        ("百度经度,百度纬度", "bd09"),
        ("lon_wgs84,lat_wgs84", "CRS84"),
        ("经度84,纬度84", "CRS84"),
        ("经度_CGCS2000,纬度_CGCS2000", "EPSG:4490"),
        ("WGS84_Longitude,WGS84_Latitude", "CRS84"),
    ],
)
def test_names_of_columns_that_tell_the_datum_are_believed(
    tmp_path: Path, header: str, crs: str
) -> None:
    found = read_csv(tmp_path, f"名称,{header}\n甲,123.41,41.79\n", crs=None)
    assert (found.findings.crs.key, found.findings.crs.basis) == (crs, "file")
    assert "csv-datum-named" in found.codes
    (place,) = shapes(found)
    expected = to_storage_xy(123.41, 41.79, parse_crs(crs))
    assert (place.x, place.y) == pytest.approx(expected, abs=1e-9)


def test_of_two_datums_that_which_is_not_shifted_is_read(tmp_path: Path) -> None:
    text = "lng_bd09,lat_bd09,lng_gcj02,lat_gcj02,lng_wgs84,lat_wgs84\n1,2,3,4,123.4,41.7\n"
    found = read_csv(tmp_path, text, crs=None)
    assert shapes(found) == [shapely.Point(123.4, 41.7)]
    assert len(found.rows[0]["properties"]) == 4


def test_a_datum_named_for_both_numbers_in_one_column_is_believed(tmp_path: Path) -> None:
    text = '名称,百度坐标\n甲,"123.41,41.79"\n'
    assert read_csv(tmp_path, text, crs=None).findings.crs.key == "bd09"
    metres = read_csv(tmp_path, '名称,WGS84坐标\n甲,"41533000,4626000"\n', crs=None)
    assert metres.question is not None


def test_a_person_overrules_the_name_of_a_column(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "lng_gcj02,lat_gcj02\n123.41,41.79\n", crs="CRS84")
    assert shapes(found) == [shapely.Point(123.41, 41.79)]
    assert (found.findings.crs.basis, found.findings.crs.in_file) == ("option", "gcj02")


def test_longitude_of_one_datum_and_latitude_of_another_are_no_place(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        layer_of(tmp_path, b"lng_gcj02,lat_bd09\n123.4,41.7\n", "csv")
    assert caught.value.code == "csv-no-place"


def csv_read(folder: Path, *lines: str, **options: Any) -> Read:
    return read(folder, "\n".join(lines).encode(), "csv", **options)


def test_a_geometry_names_its_own_system(tmp_path: Path) -> None:
    found = csv_read(tmp_path, "名称,wkt", '甲,"SRID=4550;POINT(533661.6 4627400)"')
    assert (found.findings.crs.key, found.findings.crs.basis) == ("EPSG:4550", "file")
    assert found.findings.geometry.located == pytest.approx((123.40491, 41.78108) * 2, abs=1e-5)
    wkb = shapely.to_wkb(
        shapely.set_srid(shapely.Point(123.4, 41.78), 4490), hex=True, include_srid=True
    )
    found = csv_read(tmp_path, "名称,shape", f"甲,{wkb}")
    assert (found.findings.crs.key, found.findings.crs.basis) == ("EPSG:4490", "file")


def test_geometries_in_several_systems_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        csv_read(
            tmp_path, "wkt", "SRID=4550;POINT(533661 4627400)", "SRID=4529;POINT(41533661 4627400)"
        )
    assert caught.value.code == "csv-srids-mixed"
    assert caught.value.params["srids"] == "SRID=4550 (1), SRID=4529 (1)"


def test_geometries_without_a_system_among_others_are_told(tmp_path: Path) -> None:
    found = csv_read(tmp_path, "wkt", "SRID=4490;POINT(123.4 41.78)", "POINT(123.41 41.79)")
    (told,) = found.problems
    assert (told.code, told.params) == ("csv-srid-some", {"count": 1, "srid": 4490})


def test_a_column_called_shape_beside_numbers_is_an_attribute(tmp_path: Path) -> None:
    found = csv_read(tmp_path, "Shape,x,y", "Point,123.4,41.78", crs="CRS84")
    assert found.rows[0]["properties"] == {"Shape": "Point"}


def test_codes_that_a_spreadsheet_spoilt_stay_as_they_are_and_are_told(tmp_path: Path) -> None:
    lines = ("名称,bsm,码,面积,lon,lat", "甲,2.10102E+17,210102001001000000,1.5E+03,123.4,41.78")
    more = "乙,210102001001000002,210102001002000000,2.5,123.41,41.78"
    found = csv_read(tmp_path, *lines, more, crs="CRS84")
    assert [row["properties"] for row in found.rows] == [
        {"名称": "甲", "bsm": "2.10102E+17", "码": 210102001001000000, "面积": 1500.0},
        {"名称": "乙", "bsm": "210102001001000002", "码": 210102001002000000, "面积": 2.5},
    ]
    assert [
        (told.code, told.params["column"], told.params["count"]) for told in found.problems
    ] == [
        ("codes-spoilt", "bsm", 1),
        ("codes-rounded", "码", 2),
    ]


def test_long_codes_among_decimals_keep_their_digits(tmp_path: Path) -> None:
    lines = ("n,lon,lat", "210102001001000001,123.4,41.78", "0.5,123.4,41.78", "5,123.4,41.78")
    found = csv_read(tmp_path, *lines, crs="CRS84")
    assert [row["properties"]["n"] for row in found.rows] == [210102001001000001, 0.5, 5.0]


def test_blanks_at_the_ends_of_texts_are_left_out_and_told(tmp_path: Path) -> None:
    text = "name, use,lon,lat,n\n甲 , 居住,123.4,41.78, 5\n乙,公园,123.4,41.78,6\n".encode()
    found = read(tmp_path, text, "csv", crs="EPSG:4490")
    assert found.rows[0]["properties"] == {"name": "甲", "use": "居住", "n": 5}
    (told,) = [each for each in found.problems if each.code == "texts-trimmed"]
    assert told.params == {"columns": "name, use", "count": 2, "value": "“甲 ”"}


def test_true_and_false_are_booleans_and_marks_of_exports_go(tmp_path: Path) -> None:
    lines = (
        "b,c,t,lon,lat",
        "true,TRUE,'-5 m,123.4,41.78",
        ",x,''=1,123.4,41.78",
        "false,,'x,123.4,41.78",
    )
    found = csv_read(tmp_path, *lines, crs="CRS84")
    assert [row["properties"] for row in found.rows] == [
        {"b": True, "c": "TRUE", "t": "-5 m"},
        {"b": None, "c": "x", "t": "'=1"},
        {"b": False, "c": None, "t": "'x"},
    ]
    (told,) = found.problems
    assert (told.code, told.params["count"]) == ("csv-apostrophes", 2)
    assert {field.name: field.type for field in found.findings.fields}["b"] == "boolean"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_utf_16_is_read_without_its_mark(tmp_path: Path, codec: str, line_break: str) -> None:
    lines = ("名称,lon,lat", "和平,123.40,41.79", "南市,123.41,41.78", "")
    found = read(tmp_path, line_break.join(lines).encode(codec), "csv", crs="EPSG:4490")
    assert [row["properties"] for row in found.rows] == [{"名称": "和平"}, {"名称": "南市"}]
    assert "csv-utf16-read" in found.codes


def test_zero_bytes_do_not_make_a_table_one_in_utf_16(tmp_path: Path) -> None:
    content = "名称,lon,lat\n和平\0\0,123.40,41.79\n".encode()
    found = read(tmp_path, content, "csv", crs="EPSG:4490")
    assert found.rows[0]["properties"] == {"名称": "和平"}


def test_separators_at_the_ends_of_rows_make_no_column(tmp_path: Path) -> None:
    text = "name,lon,lat,\n和平,123.4,41.78,\n沈河,123.5,41.8,\n"
    rows = read_csv(tmp_path, text).rows
    assert [row["properties"] for row in rows] == [{"name": "和平"}, {"name": "沈河"}]
    rows = read_csv(tmp_path, text.replace("41.8,", "41.8,备注")).rows
    assert rows[1]["properties"] == {"name": "沈河", "field_4": "备注"}


def test_shapes_in_a_column_bound_no_parcels(tmp_path: Path) -> None:
    ring = "123.4 41.7,123.5 41.7,123.5 41.8,123.4 41.7"
    text = f'地块,序号,wkt\n甲,1,"POLYGON (({ring}))"\n甲,2,"POLYGON (({ring}))"\n'
    found = read_csv(tmp_path, text, kinds=frozenset({"polygon"}))
    assert [shape.geom_type for shape in shapes(found)] == ["Polygon", "Polygon"]


@pytest.mark.parametrize(
    "titles",
    [
        "和平区地块一览表\n",
        "和平区地块一览表,,,\n\n单位：米,,,\n",
        "# exported by a program\n",
        "地块,界址,说明,表\n",
    ],
)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_headings_are_found_below_titles(tmp_path: Path, titles: str, mark: str) -> None:
    content = titles + "名称,lon,lat,备注\n甲,123.405,41.785,x\n"
    found = read(tmp_path, content.replace(",", mark).encode(), "csv", crs="CRS84")
    assert [row["properties"] for row in found.rows] == [{"名称": "甲", "备注": "x"}]
    (told,) = [problem for problem in found.problems if problem.code == "sheet-header-below"]
    assert told.params == {"row": titles.count("\n") + 1, "columns": "名称, lon, lat, 备注"}


def page_of(parcel: str) -> str:
    """Return the points of a parcel as a survey's table has them, below its titles."""
    corners = ["J1,4626800.000,41533000.000", "J2,4626800.000,41533200.000"]
    corners += ["J3,4626900.000,41533000.000", corners[0]]
    titles = ["界址点成果表,,", f"地块编号：{parcel}  项目名称：某项目,,单位：米"]
    return "\n".join([*titles, "点号,X,Y", *corners, "制表：张三,,"]) + "\n"


def test_titles_headings_and_closing_lines_of_each_page_are_told_from_data(tmp_path: Path) -> None:
    text = page_of("DK-001") + page_of("DK-002").replace("  项目名称：某项目", "")
    found = read_csv(tmp_path, text, crs="EPSG:4529", kinds=["polygon"])
    assert [row["properties"] for row in found.rows] == [
        {"地块编号": "DK-001", "项目名称": "某项目"},
        {"地块编号": "DK-002", "项目名称": "某项目"},
    ]
    told = {each.code: each.params for each in found.problems}
    assert told["sheet-title-rows"] == {"columns": "地块编号, 项目名称"}
    assert told["sheet-header-repeated"] == {"count": 2}
    assert told["sheet-footer"] == {"count": 2, "sample": "8: 制表：张三"}
    assert "csv-rows-short" not in told


def test_a_row_of_units_below_the_headings_is_no_data(tmp_path: Path) -> None:
    text = "点号,X,Y\n—,m,m\nJ1,4626800.0,41533000.0\n"
    found = read_csv(tmp_path, text, crs="EPSG:4529")
    assert [row["properties"] for row in found.rows] == [{"点号": "J1"}]
    (told,) = (each for each in found.problems if each.code == "sheet-units-row")
    assert told.params == {"row": 2}


CORNERS = [(4626800.0 + x, 41533000.0 + y) for x, y in ((0, 0), (0, 90), (50, 90), (50, 0))]


@pytest.mark.parametrize("across", [False, True])
def test_tables_printed_side_by_side_are_read_part_by_part(tmp_path: Path, across: bool) -> None:
    names = ["J1", "J2", "J3", "J4"]
    points = [f"{name},{x},{y}" for name, (x, y) in zip(names, CORNERS, strict=True)]
    left, right = (points[::2], points[1::2]) if across else (points[:2], points[2:])
    lines = [f"{one},,{other}" for one, other in zip(left, right, strict=True)]
    text = "\n".join(
        ["界址点成果表", "宗地：甲,,,单位：m", "点号,X,Y,,点号,X,Y", *lines, "合计,,,,,,"]
    )
    found = read_csv(tmp_path, text, crs="EPSG:4529", kinds=["polygon"])
    (row,) = found.rows
    assert to_plane(shapely.from_wkb(row["wkb"])).area == pytest.approx(90 * 50, rel=1e-3)
    (told,) = (each for each in found.problems if each.code == "sheet-side-by-side")
    assert told.params == {"parts": 2}
    points_alone = read_csv(tmp_path, text, crs="EPSG:4529", kinds=["point"])
    assert [row["properties"]["点号"] for row in points_alone.rows] == names


@pytest.mark.parametrize(
    "headings",
    [
        "名称,经度(度),经度(分),经度(秒),纬度(度),纬度(分),纬度(秒)",
        "名称,东经度,东经分,东经秒,北纬度,北纬分,北纬秒",
        "name,lon_deg,lon_min,lon_sec,lat_deg,lat_min,lat_sec",
        "排污口一览,,,,,,\n名称,经度,,,纬度,,\n,度,分,秒,度,分,秒",
        "名称,经度,,,纬度,,\n,度,分,秒,度,分,秒",
    ],
)
def test_degrees_minutes_and_seconds_in_columns_of_their_own(tmp_path: Path, headings: str) -> None:
    text = f"{headings}\n甲,123,24,18,41,47,6\n乙,123,24,18.36,41,47,\n丙,,,,,,\n"
    found = read_csv(tmp_path, text)
    first, second, third = shapes(found)
    assert (first.x, first.y) == (pytest.approx(123.405), pytest.approx(41.785))
    assert (second.x, second.y) == (pytest.approx(123.4051), pytest.approx(41 + 47 / 60))
    assert third is None
    assert "csv-degree-columns" in found.codes
    assert found.errors == 0


def test_a_row_too_wide_is_told_by_its_surplus_also_below_titles(tmp_path: Path) -> None:
    text = "点号,X,Y\n地块编号：甲,,\nJ1,4626800.0,41533000.0,多,余\n"
    found = read_csv(tmp_path, text, crs="EPSG:4529")
    (told,) = (each for each in found.problems if each.code == "csv-row-too-wide")
    assert (told.params["surplus"], told.params["line"]) == ("多, 余", 3)


def test_nul_the_mark_of_dos_and_a_second_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeff\ufeff名称,lon,lat\r\n甲\0乙,123.4,41.78\r\n丙\x1a丁,123.4,41.78\r\n\x1a"
    found = read(tmp_path, text.encode(), "csv", crs="CRS84")
    assert [row["properties"] for row in found.rows] == [{"名称": "甲乙"}, {"名称": "丙\x1a丁"}]
    (told,) = found.problems
    assert (told.code, told.params) == ("nul-removed", {"count": 1})


@pytest.mark.parametrize("value", ["-123456789012345678", "2.5e-330", "1.5e300"])
def test_no_number_is_bent_among_others(tmp_path: Path, value: str) -> None:
    content = f"v,lon,lat\n{value},123.4,41.78\n1.5,123.4,41.78\n".encode()
    found = read(tmp_path, content, "csv", crs="EPSG:4490")
    kept = found.rows[0]["properties"]["v"]
    assert str(kept) == value or (isinstance(kept, float) and Decimal(kept) and kept == 1.5e300)
