import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.opened_sources import Read, read
from tests.workbooks import ods, saved, written_out, xls, xls_95, xlsx
from zones.errors import SourceError, SourceLimitError
from zones.formats.supported_formats import recognise

HEAD = ["名称", "经度", "纬度", "代码"]
PLACE = ["甲", 123.4, 41.78, "0701"]


def read_book(folder: Path, content: bytes, **request: Any) -> Read:
    return read(folder, content, "excel", **{"crs": "CRS84", **request})


def rows_of(found: Read) -> list[dict[str, Any]]:
    return [row["properties"] for row in found.rows]


def test_texts_numbers_dates_and_truth_keep_their_kind(tmp_path: Path) -> None:
    head = [*HEAD, "面积", "宗数", "日期", "时刻", "用时", "是"]
    day, moment = dt.date(2026, 11, 29), dt.datetime(2026, 11, 29, 8, 5, 7)
    row = [*PLACE, 0.5, 3, day, moment, dt.timedelta(hours=26, minutes=3), True]
    (told,) = rows_of(read_book(tmp_path, xlsx({"表": [head, row]})))
    assert told == {
        "名称": "甲",
        "代码": "0701",
        "面积": 0.5,
        "宗数": 3,
        "日期": "2026-11-29",
        "时刻": "2026-11-29T08:05:07",
        "用时": "26:03:00",
        "是": True,
    }


def test_a_time_of_one_letter_for_the_hour_keeps_its_time(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["lon", "lat", "a", "b"])
    sheet.append([123.4, 41.78, 46355.25, 46355.25])
    sheet["C2"].number_format = "yyyy/m/d h:mm"
    sheet["D2"].number_format = 'yyyy"年"m"月"d"日" h"时"mm"分"'
    (told,) = rows_of(read_book(tmp_path, saved(book)))
    assert told == {"a": "2026-11-29T06:00:00", "b": "2026-11-29T06:00:00"}


def test_codes_that_are_texts_of_digits_stay_texts(tmp_path: Path) -> None:
    rows = [HEAD, PLACE, ["乙", 123.41, 41.78, "1401"], ["丙", 123.41, 41.78, 1402]]
    found = rows_of(read_book(tmp_path, xlsx({"表": rows})))
    assert [row["代码"] for row in found] == ["0701", "1401", "1402"]


CODES = [2101020010010000123, 210102001001000001, 2101020010010000124, -9007199254740993]


def _codes(codes: Sequence[int]) -> dict[str, Any]:
    rows = [["lon", "lat", "宗地代码"], *([123.4, 41.78, code] for code in codes)]
    return {"说明": [["表", 1]], "表": [*rows, [123.4, 41.78, 7]]}


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_codes_that_a_program_wrote_out_keep_every_digit(tmp_path: Path, suffix: str) -> None:
    stand_ins = [1001 + at for at in range(len(CODES))]
    written = written_out(xlsx(_codes(stand_ins)), dict(zip(stand_ins, CODES, strict=True)))
    found = read_book(tmp_path, written if suffix == "xlsx" else ods(_codes(CODES)))
    assert [row["宗地代码"] for row in rows_of(found)] == [*map(str, CODES), "7"]
    (told,) = [item for item in found.problems if item.code.startswith("sheet-")]
    assert (told.code, told.params["count"]) == ("sheet-digits-kept", 4)
    assert told.params["value"] == str(CODES[0])


def test_digits_are_of_the_cell_they_stand_in(tmp_path: Path) -> None:
    """Both are the same double; blank rows and columns stand before them."""
    book = openpyxl.Workbook()
    codes = {1001: 210102001001000001, 1002: 210102001001000002}
    for code in codes:
        sheet = book.create_sheet(f"S{code}")
        for column, (heading, value) in enumerate((("lon", 123.4), ("lat", 41.78), ("c", code)), 2):
            sheet.cell(3, column, heading)
            sheet.cell(4, column, value)
    content = written_out(saved(book), codes)
    for stand_in, code in codes.items():
        (row,) = rows_of(read_book(tmp_path, content, layer=f"S{stand_in}"))
        assert row["c"] == str(code)


def test_codes_of_nineteen_digits_that_excel_spoilt_are_told(tmp_path: Path) -> None:
    rows = [["lon", "lat", "宗地代码"], [123.4, 41.78, 2.10102001001e18]]
    found = read_book(tmp_path, xlsx({"表": rows}))
    (told,) = [problem for problem in found.problems if problem.code == "sheet-long-numbers"]
    assert told.params["column"] == "宗地代码"
    assert told.params["count"] == 1


def test_headings_below_titles_and_merged_cells_are_found(tmp_path: Path) -> None:
    rows = [
        ["界址点成果表", None, None, None, None],
        ["宗地：甲", None, "单位：m", None, None],
        ["序号", "点号", "坐标", None, "备注"],
        [None, None, "X", "Y", None],
        [1, 2, 3, 4, 5],
        [1, "J1", 4626800.5, 41533000.25, "a"],
        [2, "J2", 4626900.5, 41533000.25, None],
        ["制表：张三", None, "审核：李四", None, None],
    ]
    merged = ["A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4"]
    found = read_book(tmp_path, xlsx({"表": rows}, merged=merged), crs="EPSG:4529")
    assert rows_of(found) == [
        {"序号": 1, "点号": "J1", "备注": "a"},
        {"序号": 2, "点号": "J2", "备注": None},
    ]
    assert found.codes == ["sheet-header-below", "sheet-footer", "csv-x-is-north"]


def test_groups_above_headings_that_repeat_tell_them_apart(tmp_path: Path) -> None:
    rows = [
        ["点号", "西安80坐标", None, "CGCS2000坐标", None],
        [None, "X", "Y", "X", "Y"],
        ["J1", 1.0, 2.0, 4626800.5, 533000.25],
    ]
    found = read_book(tmp_path, xlsx({"表": rows}), crs="EPSG:4550")
    assert rows_of(found) == [{"点号": "J1", "西安80坐标X": 1, "西安80坐标Y": 2}]


def test_headings_that_pages_repeat_are_passed_over(tmp_path: Path) -> None:
    page = [["成果表", None, None, None], HEAD]
    rows = [*page, PLACE, *page, ["乙", 123.41, 41.78, "0702"], ["第 2 页 共 2 页"]]
    found = read_book(tmp_path, xlsx({"表": rows}))
    assert [row["名称"] for row in rows_of(found)] == ["甲", "乙"]
    assert found.codes == ["sheet-header-below", "sheet-header-repeated", "sheet-footer"]


def test_cells_merged_over_rows_hold_for_each_of_them(tmp_path: Path) -> None:
    rows = [HEAD, PLACE, [None, 123.41, 41.78, "0702"], ["乙", 123.42, 41.78, "0703"]]
    found = read_book(tmp_path, xlsx({"表": rows}, merged=["A2:A3"]))
    assert [row["名称"] for row in rows_of(found)] == ["甲", "甲", "乙"]


def test_an_open_document_is_read_alike(tmp_path: Path) -> None:
    day, moment = dt.date(2026, 11, 29), dt.datetime(2026, 11, 29, 8, 5)
    head = ["地块", *HEAD, "面积", "日期", "时刻"]
    rows = [["成果表"], head, ["一", *PLACE, 0.5, day, moment], [None, *PLACE, 3, day, None]]
    content = ods({"封面": [["说明"]], "表": rows}, spans={(2, 0): 2})
    assert recognise("a.xlsx", content[:200]).name == "excel"
    found = read_book(tmp_path, content)
    assert rows_of(found) == [
        {"地块": "一", "名称": "甲", "代码": "0701", "面积": area, "日期": "2026-11-29", "时刻": at}
        for area, at in ((0.5, "2026-11-29T08:05:00"), (3.0, None))
    ]


def test_line_breaks_and_tabs_in_a_cell_of_open_document_are_kept(tmp_path: Path) -> None:
    plain = ods({"表": [[*HEAD, "注"], [*PLACE, "一|二^三"], [*PLACE, 1]]})
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as packed, zipfile.ZipFile(content, "w") as marked:
        for name in packed.namelist():
            text = packed.read(name).replace(b"|", b"<text:line-break/>")
            text = text.replace(b"^", b"<text:span><text:tab/></text:span>")
            marked.writestr(name, text.replace(b'office:value="1"', b'office:value="1e400"'))
    found = read_book(tmp_path, content.getvalue())
    assert [row["注"] for row in rows_of(found)] == ["一\n二\t三", None]
    (told,) = (each for each in found.problems if each.code == "numbers-not-finite")
    assert (told.field, told.params["count"]) == ("注", 1)


def test_what_title_rows_say_is_of_the_rows_below(tmp_path: Path) -> None:
    page = [
        ["界址点成果表"],
        ["地块编号：{}  项目名称：某项目", None, "单位：米"],
        ["点号", "X", "Y"],
    ]
    points = [["J1", 4626800, 41533000], ["J2", 4626800, 41533200], ["J3", 4626900, 41533000]]
    rows: list[list[Any]] = []
    for parcel in ("DK-001", "DK-002"):
        title = [page[0], [(cell or "").format(parcel) for cell in page[1]], page[2]]
        rows += [*title, *points, points[0], ["制表：张三"]]
    found = read_book(tmp_path, xlsx({"表": rows}), crs="EPSG:4529", kinds=["polygon"])
    assert rows_of(found) == [
        {"地块编号": "DK-001", "项目名称": "某项目"},
        {"地块编号": "DK-002", "项目名称": "某项目"},
    ]
    assert "sheet-title-rows" in found.codes
    assert "csv-rows-short" not in found.codes


def test_the_only_sheet_with_places_is_taken_and_others_are_told(tmp_path: Path) -> None:
    sheets = {"说明": [["坐标系：2000"]], "点": [HEAD, PLACE], "旧": [HEAD, PLACE, PLACE]}
    found = read_book(tmp_path, xlsx(sheets, hidden="旧"))
    assert (found.findings.layer, found.findings.layers) == ("点", ("说明", "点", "旧"))
    assert found.problems[0].params["sheets"] == "说明, 旧"
    named = read_book(tmp_path, xlsx(sheets, hidden="旧"), layer="旧")
    assert (named.findings.layer, named.findings.features) == ("旧", 2)


def test_several_sheets_are_offered_and_may_all_be_taken(tmp_path: Path) -> None:
    sheets = {"一": [HEAD, PLACE], "二": [HEAD, PLACE, PLACE]}
    asked = read_book(tmp_path, xlsx(sheets))
    assert asked.question is not None
    assert [one.options["layer"] for one in asked.question.candidates] == ["二", "一"]
    found = read_book(tmp_path, xlsx(sheets), layer="*")
    assert [row["layer"] for row in rows_of(found)] == ["一", "二", "二"]


def test_a_workbook_of_excel_97_is_read_alike(tmp_path: Path) -> None:
    moment = dt.datetime(2026, 11, 29, 8, 5)
    row = [*PLACE, dt.date(2026, 11, 29), moment, dt.time(8, 5), True, 7]
    formats = {dt.date: "yyyy-mm-dd", dt.datetime: "yyyy/m/d h:mm", dt.time: "h:mm"}
    content = xls({"表": [[*HEAD, "日", "刻", "时", "是", "数"], row]}, formats=formats)
    (told,) = rows_of(read_book(tmp_path, content))
    days = {"日": "2026-11-29", "刻": "2026-11-29T08:05:00", "时": "08:05:00"}
    assert told == {"名称": "甲", "代码": "0701", **days, "是": True, "数": 7}


@pytest.mark.parametrize("code_page", [936, 1252, None])
def test_chinese_texts_of_excel_95_are_read_whatever_it_declares(
    tmp_path: Path, code_page: int | None
) -> None:
    rows = [["名称", "经度", "纬度"], ["地块一", 123.4, 41.78]]
    content = xls_95(rows, sheet="界址点", encoding="gbk", code_page=code_page)
    found = read_book(tmp_path, content)
    assert (found.findings.layer, rows_of(found)) == ("界址点", [{"名称": "地块一"}])


def test_a_workbook_is_known_by_its_first_bytes() -> None:
    rows = {"表": [HEAD, PLACE]}
    for content in (xlsx(rows), xls(rows)):
        assert recognise("坐标.csv", content[:1024]).name == "excel"


def test_a_text_that_is_called_a_workbook_is_read_as_a_text(tmp_path: Path) -> None:
    text = "名称\t经度\t纬度\n甲\t123.4\t41.78\n".encode("gbk")
    assert rows_of(read_book(tmp_path, text)) == [{"名称": "甲"}]


def test_errors_and_formulas_without_results_are_told(tmp_path: Path) -> None:
    content = xlsx({"表": [[*HEAD, "a", "b"], [*PLACE, "#N/A", "=1+1"]]})
    found = read_book(tmp_path, content)
    assert rows_of(found)[0] | {"a": None, "b": None} == rows_of(found)[0]
    assert {"sheet-errors", "sheet-uncalculated"} <= set(found.codes)


def test_files_that_are_no_workbook_are_refused_in_words(tmp_path: Path) -> None:
    with zipfile.ZipFile(book := io.BytesIO(), "w") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    files = {
        "sheet-is-page": b"<html><table><tr><td>1</td></tr></table></html>",
        "sheet-xlsb": book.getvalue(),
        "sheet-unreadable": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "sheet-encrypted": xls({"a": [[1]]})[:512] + "EncryptedPackage".encode("utf-16-le"),
        "sheet-empty": xlsx({"空": []}),
    }
    for code, content in files.items():
        with pytest.raises(SourceError) as caught:
            read_book(tmp_path, content)
        assert caught.value.code == code


def test_a_cell_far_out_is_told_before_memory_runs_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["lon", "lat"])
    sheet["XFD1048576"] = 1
    with pytest.raises(SourceLimitError) as caught:
        read_book(tmp_path, saved(book))
    assert caught.value.params["cell"] == "XFD1048576"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda one: round(one, 6))
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2090, 1, 1))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, NUMBERS, DAYS), min_size=1, max_size=6))
def test_what_openpyxl_writes_is_read_to_the_character(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float, dt.date]]
) -> None:
    table = [["lon", "lat", "t", "n", "d"], *([123.4, 41.78, f"x{t}", n, d] for t, n, d in rows)]
    found = read_book(tmp_path_factory.mktemp("book"), xlsx({"表": table}))
    assert [tuple(row.values()) for row in rows_of(found)] == [
        (f"x{t}", n, d.isoformat()) for t, n, d in rows
    ]


@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="no ogr2ogr")
def test_a_workbook_that_gdal_writes_is_read(tmp_path: Path) -> None:
    table, book = tmp_path / "t.csv", tmp_path / "t.ods"
    table.write_text('名称,经度,纬度\n太原街,123.401,41.791\n"a\nb",123.402,41.792\n', "utf-8")
    subprocess.run(["ogr2ogr", "-f", "ODS", book, table], check=True)
    content = zipfile.ZipFile(book).read("content.xml")
    assert re.search(rb"table-row>\s+<", content), "GDAL writes it closely now"
    found = read_book(tmp_path, book.read_bytes(), crs="CRS84")
    assert [row["properties"]["名称"] for row in found.rows] == ["太原街", "a\nb"]
    assert "texts-trimmed" not in found.codes  # what GDAL puts around a cell is no text


def _with_formats(kind: str, cells: dict[str, tuple[object, str]]) -> bytes:
    """Return a workbook with a place in its second row, and these values and formats beside it."""
    if kind == "xls":
        book = xlwt.Workbook()
        sheet = book.add_sheet("表")
        for x, (name, (value, shown)) in enumerate(cells.items()):
            sheet.write(0, x, name)
            sheet.write(1, x, value, xlwt.easyxf(num_format_str=shown))
        for x, (name, value) in enumerate({"lon": 123.4, "lat": 41.78}.items(), len(cells)):
            sheet.write(0, x, name)
            sheet.write(1, x, value)
        return saved(book)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([*cells, "lon", "lat"])
    sheet.append([*(value for value, _ in cells.values()), 123.4, 41.78])
    for x, (_, shown) in enumerate(cells.values(), 1):
        sheet.cell(2, x).number_format = shown
    return saved(book)


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_numbers_that_are_shown_otherwise_are_told(tmp_path: Path, kind: str) -> None:
    cells: dict[str, tuple[object, str]] = {
        "DLBM": (701, "0000"),
        "率": (0.125, "0.0%"),
        "亩": (5, '0"亩"'),
        "额": (1234.5, "#,##0.00"),
        "日": (45000, "yyyy-mm-dd"),
    }
    found = read(tmp_path, _with_formats(kind, cells), "excel", crs="EPSG:4490")
    values = [0.125, 5, 1234.5, "2023-03-15"]
    assert list(found.rows[0]["properties"].values()) == ["0701", *values]
    told = [(each.code, each.severity, each.params) for each in found.problems]
    other = "sheet-shown-otherwise"
    assert told == [
        ("sheet-zeros-shown", "note", {"count": 1, "value": "0701"}),
        (other, "note", {"count": 1, "value": "0.125", "format": "0.0%"}),
        (other, "note", {"count": 1, "value": told[2][2]["value"], "format": '0"亩"'}),
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path, kind: str) -> None:
    content = _with_formats("xlsx", {"a": (1, "General"), "b": (2, "General")})
    if kind == "xls":
        book = xlwt.Workbook()
        sheet = book.add_sheet("表")
        for at, row in enumerate((["a", "b", "lon", "lat"], [1, 2, 123.4, 41.78])):
            for x, value in enumerate(row):
                sheet.write(at, x, value)
        sheet.row(1).hidden = sheet.col(0).hidden = True
        content = saved(book)
    else:
        opened = openpyxl.load_workbook(io.BytesIO(content))
        opened.active.row_dimensions[2].hidden = True
        opened.active.column_dimensions["A"].hidden = True
        content = saved(opened)
    found = read(tmp_path, content, "excel", crs="EPSG:4490")
    assert found.rows[0]["properties"] == {"a": 1, "b": 2}
    assert [(each.code, each.params) for each in found.problems] == [
        ("sheet-hidden-cells", {"rows": 1, "columns": 1})
    ]


def test_zeros_that_a_cell_of_an_ods_shows_are_read(tmp_path: Path) -> None:
    content = ods({"表": [["DLBM", "n", "lon", "lat"], [701, 7, 123.4, 41.78]]})
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(changed, "w") as written:
        for name in packed.namelist():
            part = packed.read(name).replace(b"<text:p>701<", b"<text:p>0701<")
            written.writestr(name, part)
    found = read(tmp_path, changed.getvalue(), "excel", crs="EPSG:4490")
    assert found.rows[0]["properties"] == {"DLBM": "0701", "n": 7}
    assert [(each.code, each.params) for each in found.problems] == [
        ("sheet-zeros-shown", {"count": 1, "value": "0701"})
    ]
