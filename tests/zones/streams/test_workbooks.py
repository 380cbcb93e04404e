"""Workbooks of points, and tables whose headings stand below titles."""

import io
from collections.abc import Iterator

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.workbooks import Rows, saved, xls, xlsx
from zones.crs.transform import CRS
from zones.errors import BulkError, SourceError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.sandbox.limits import Limits
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import parse_columns
from zones.streams.choose_stream import open_foreign_stream
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_describe import described
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_stream import CSVStream
from zones.streams.stream_base import PointStream

LIMITS = Limits(cpu_s=60, wall_s=60, mem_mb=1000, file_mb=64)
TITLED: Rows = [
    ["和平区控制点成果表", None, None, None],
    ["点号", "编码", "X(m)", "Y(m)"],
    ["甲", "210102001001000001", 4626900.0, 533100.0],
    ["乙", "0701", 4626950.5, 533150.25],
    ["丙", None, None, 533150.25],
    ["合计", "3", None, None],
]
TEXT = "控制点成果表,,\r\n点号,坐标,\r\n,X,Y\r\n,m,m\r\n甲,4626900.0,533100.0\r\n乙,,1\r\n"


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    locator = seeded_snapshot.derived(build_bulk_locator)
    return PointQuestion(locator, CRS.EPSG_4550, parse_columns("inside_district"))


def stream_of(task: PointQuestion, wanted: str = "csv", sheet: str | None = None) -> PointStream:
    options = CSVOptions(sheet=sheet)
    return open_foreign_stream("workbook", wanted, task=task, options=options, limits=LIMITS)


def sent(stream: PointStream, content: bytes) -> bytes:
    def told() -> Iterator[bytes]:
        for at in range(0, len(content), 1000):
            yield from stream.add(content[at : at + 1000])
        yield from stream.end()

    return b"".join(told())


@pytest.mark.slow
def test_rows_of_a_workbook_are_answered_below_their_headings(task: PointQuestion) -> None:
    stream = stream_of(task)
    rows = sent(stream, xlsx({"成果": TITLED, "另一张": TITLED})).decode().splitlines()
    assert rows == [
        "\ufeff点号,编码,X(m),Y(m),inside_district,locate_fault",
        "甲,210102001001000001,4626900,533100,true,",
        "乙,0701,4626950.5,533150.25,true,",
        "丙,,,533150.25,,coordinate-missing 没有坐标",
    ]
    codes = [note.code for note in stream.tally.remarks]
    assert codes == ["bulk-sheet-chosen", "sheet-header-below", "sheet-footer", "csv-x-is-north"]


@pytest.mark.slow
def test_a_sheet_is_named_and_answered_in_another_form(task: PointQuestion) -> None:
    book = xls({"成果": TITLED, "第二": TITLED[:3]})
    table = pq.read_table(io.BytesIO(sent(stream_of(task, "parquet", "第二"), book)))
    assert table.to_pylist() == [
        {
            "点号": "甲",
            "编码": "210102001001000001",
            "X(m)": "4626900",
            "Y(m)": "533100",
            "inside_district": True,
            "locate_fault": None,
        }
    ]
    with pytest.raises(SourceError) as refused:
        sent(stream_of(task, sheet="第三"), book)
    assert (refused.value.code, refused.value.params["sheets"]) == ("bulk-no-sheet", "成果, 第二")


@pytest.mark.slow
def test_what_is_no_workbook_or_holds_no_place_is_refused(task: PointQuestion) -> None:
    with pytest.raises(SourceError) as refused:
        sent(stream_of(task), b"lon,lat\n1,2\n")
    assert refused.value.code == "sheet-unreadable"
    with pytest.raises(BulkError) as placeless:
        sent(stream_of(task), xlsx({"表": [["名称", "面积"], ["甲", 3]]}))
    assert placeless.value.code == "bulk-no-place"


def test_a_workbook_is_not_answered_as_geojson(task: PointQuestion) -> None:
    with pytest.raises(BulkError) as refused:
        stream_of(task, "geojson")
    assert refused.value.code == "bulk-form-pair"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_answers_stand_beside_headings_below_titles(task: PointQuestion, codec: str) -> None:
    stream = CSVStream(task)
    assert sent(stream, TEXT.encode(codec)).decode(codec).split("\r\n") == [
        "控制点成果表,,",
        "点号,坐标,",
        ",X,Y,inside_district,locate_fault",
        ",m,m",
        "甲,4626900.0,533100.0,true,",
        "乙,,1,,coordinate-missing 没有坐标",
        "",
    ]
    assert [note.code for note in stream.tally.remarks] == ["sheet-header-below", "csv-x-is-north"]


def test_headings_below_titles_are_described() -> None:
    found = described(TEXT.encode())
    assert found.columns == ["点号", "X", "Y"]
    assert found.rows[0] == ["甲", "4626900.0", "533100.0"]
    assert (found.x, found.y) == (2, 1)


def test_cells_are_answered_as_they_are_shown_and_what_is_hidden_is_told(
    task: PointQuestion,
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx({"表": [["n", "x", "y"], [7, 533100, 4626900]]})))
    sheet = book.worksheets[0]
    sheet["A2"].number_format, sheet.row_dimensions[2].hidden = "000", True
    stream = stream_of(task)
    rows = sent(stream, saved(book)).decode().splitlines()
    assert rows[1] == "007,533100,4626900,true,"
    codes = [note.code for note in stream.tally.remarks]
    assert codes[:2] == ["sheet-zeros-shown", "sheet-hidden-cells"]
