"""CSV texts of every kind: bytes kept, answers put in, wrong rows told in their place."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from zones.crs.transform import CRS
from zones.errors import BulkError, ZonesError
from zones.lookup.bulk_locator import build_bulk_locator
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import parse_columns
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_scan import last_break, scan
from zones.streams.csv_stream import CSVStream

IN_ZONE, ELSEWHERE = "123.405,41.786", "116.39,39.91"


@pytest.fixture(scope="module")
def task(seeded_snapshot: Snapshot) -> PointQuestion:
    locator = seeded_snapshot.derived(build_bulk_locator)
    return PointQuestion(locator, CRS.CRS84, parse_columns("zone_id,certain"))


def answered(
    task: PointQuestion, text: bytes, options: CSVOptions | None = None, step: int = 7
) -> bytes:
    """Return the answer to a text that comes in pieces of ``step`` bytes."""
    stream = CSVStream(task, options)
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    given = [out for piece in pieces for out in stream.add(piece)]
    return b"".join([*given, *stream.end()])


def cells(text: bytes, delimiter: str = ",", codec: str = "utf-8") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(codec), newline=""), delimiter=delimiter))


def test_answers_stand_at_the_end_of_each_row_in_order(task: PointQuestion) -> None:
    rows = cells(answered(task, f"id,lon,lat\n1,{IN_ZONE}\n2,{ELSEWHERE}\n".encode()))
    assert rows[0] == ["id", "lon", "lat", "zone_id", "certain", "locate_fault"]
    zone = task.locator.locator.locate(123.405, 41.786)
    assert rows[1][3:] == [zone.primary, str(zone.certain).lower(), ""]
    assert rows[2] == ["2", "116.39", "39.91", "", "true", ""]


def test_bytes_of_other_cells_and_line_breaks_stay_as_they_are(task: PointQuestion) -> None:
    row = f'"a ""b"", \r\n c" , x,{IN_ZONE}'
    text = f"\ufeffname,more,lon,lat\r\n{row}\r\n\r\n{row}\n{row}".encode()
    told = answered(task, text)
    assert told.startswith(b"\xef\xbb\xbfname,more,lon,lat,zone_id")
    assert told.count(row.encode()) == 3
    assert told.count(b"\r\n\r\n") == 1
    assert not told.endswith(b"\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_every_delimiter_is_read_in_utf8_and_gbk(
    task: PointQuestion, delimiter: str, codec: str
) -> None:
    # The last bytes of these characters in GBK are |, @, [ and \.
    names = "峾乣乕乗"
    row = delimiter.join([names, *IN_ZONE.split(",")])
    text = f"名称{delimiter}经度{delimiter}纬度\n{row}\n".encode(codec)
    _, (name, _, _, zone, *_) = cells(answered(task, text), delimiter, codec)
    assert name == names
    assert zone.startswith("zone-")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_line_that_names_the_delimiter_stays_above_the_header(
    task: PointQuestion, mark: str
) -> None:
    point = IN_ZONE.replace(",", ";")
    told = answered(task, f"{mark}sep=;\r\nid,n;lon;lat\r\n1;{point}\r\n".encode()).decode()
    first, header, row, _ = told.split("\r\n")
    assert first == f"{mark}sep=;"
    assert header == "id,n;lon;lat;zone_id;certain;locate_fault"
    assert row.split(";")[3].startswith("zone-")


def test_answers_are_written_in_the_encoding_of_the_text(seeded_snapshot: Snapshot) -> None:
    locator = seeded_snapshot.derived(build_bulk_locator)
    task = PointQuestion(locator, CRS.CRS84, parse_columns("zone_name"))
    told = answered(task, f"店,经度,纬度\n甲,{IN_ZONE}\n".encode("gb18030"))
    assert "产业" in told.decode("gb18030") or "区" in told.decode("gb18030")


@pytest.mark.parametrize(
    ("x", "y", "fault"),
    [
        ("", "41.786", "coordinate-missing"),
        ("  ", "", "coordinate-missing"),
        ("abc", "41.786", "coordinate-unreadable"),
        ("1_2", "41.786", "coordinate-unreadable"),
        ("nan", "41.786", "coordinate-not-finite"),
        ("1e999", "41.786", "coordinate-not-finite"),
        ("41.786", "123.405", "coordinate-swapped"),
        ("500", "500", "coordinate-out-of-range"),
    ],
)
def test_a_wrong_row_is_told_in_its_place_and_spoils_no_other(
    task: PointQuestion, x: str, y: str, fault: str
) -> None:
    rows = cells(answered(task, f"lon,lat\n{IN_ZONE}\n{x},{y}\n{IN_ZONE}\n".encode()))
    assert rows[2][2:4] == ["", ""]
    assert rows[2][4].split(" ")[0] == fault
    assert rows[1][2] == rows[3][2] != ""


def test_short_rows_get_the_cells_they_lack(task: PointQuestion) -> None:
    rows = cells(answered(task, f"lon,lat,note,more\n{IN_ZONE}\n123\n".encode()))
    assert [len(row) for row in rows] == [7, 7, 7]
    assert rows[1][4].startswith("zone-")
    assert rows[2][6].startswith("coordinate-missing")


def test_numbers_are_read_in_quotes_with_blanks_and_exponents(task: PointQuestion) -> None:
    text = b'lon,lat\n"123.405"," 41.786 "\n+1.23405e2,41.7860000\n'
    assert [row[2][:5] for row in cells(answered(task, text))[1:]] == ["zone-", "zone-"]


def test_columns_are_found_by_the_names_that_are_given(task: PointQuestion) -> None:
    text = f"lon,lat,a,b\n1,2,{IN_ZONE}\n".encode()
    rows = cells(answered(task, text, CSVOptions(x_column="a", y_column="b")))
    assert rows[1][4].startswith("zone-")


def test_an_answer_is_not_named_like_a_column_that_is_there(task: PointQuestion) -> None:
    rows = cells(answered(task, f"zone_id,lon,lat\nmine,{IN_ZONE}\n".encode()))
    assert rows[0] == ["zone_id", "lon", "lat", "zone_id_2", "certain", "locate_fault"]


def test_rows_and_faults_are_counted(task: PointQuestion) -> None:
    stream = CSVStream(task)
    list(stream.add(f"lon,lat\n{IN_ZONE}\n{ELSEWHERE}\n,\n".encode()))
    list(stream.end())
    summary = stream.tally.summary(task.locator.answers)
    assert (summary.rows, summary.rows_at_fault, summary.zones[None]) == (3, 1, 1)
    assert summary.faults == {"coordinate-missing": 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "bulk-empty"),
        (b"\n", "bulk-empty"),
        (b"\n1,2\n", "bulk-no-place"),
        (b"a,b\n1,2\n", "bulk-no-place"),
        (b'name,polyline\n1,"123.4,41.7;123.5,41.7;123.5,41.8"\n', "bulk-geometry-column"),
        (b"\xff\xfea\x00", "bulk-no-place"),
        (b"\xff\xfea\x00\x00\xd8", "csv-utf16-damaged"),
        (b"lon,lat,\xff\xff\xff\xff\xff\n1,2,3\n", "bulk-encoding-unknown"),
        (b"lon,lat\n" + b"1" * 3_000_000, "bulk-row-too-long"),
    ],
)
def test_a_text_that_is_no_table_of_points_is_refused(
    task: PointQuestion, text: bytes, code: str
) -> None:
    with pytest.raises(ZonesError) as fault:
        answered(task, text, step=2**16)
    assert fault.value.code == code


def test_a_table_of_shapes_alone_is_refused_with_the_first(
    task: PointQuestion,
) -> None:
    with pytest.raises(BulkError) as refused:
        answered(task, b"name,wkt\na,\nb,LINESTRING EMPTY\n")
    told = {"column": "wkt", "value": "LINESTRING EMPTY"}
    assert (refused.value.code, refused.value.params) == ("bulk-geometry-column", told)


def test_a_column_that_is_named_and_not_there_is_told(task: PointQuestion) -> None:
    with pytest.raises(BulkError, match="no column"):
        answered(task, b"lon,lat\n", CSVOptions(x_column="easting"))


def test_many_parts_are_answered_as_one_by_one(task: PointQuestion) -> None:
    text = "lon,lat,n\n" + "".join(f"{IN_ZONE},{i}\n" for i in range(80_000))
    rows = cells(answered(task, text.encode(), step=65_536))
    assert [row[2] for row in rows[1:]] == [str(i) for i in range(80_000)]
    assert {row[3] for row in rows[1:]} == {rows[1][3]}


cell = st.text(st.sampled_from('ab",\n "'), max_size=6)


@examples(300)
@given(st.lists(st.lists(cell, min_size=1, max_size=4), max_size=5))
def test_rows_and_cells_are_those_of_the_csv_module(rows: list[list[str]]) -> None:
    kept = [row for row in rows if row != [""]]
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(kept)
    text = written.getvalue().encode()
    found = scan(text, ord(","))
    assert found.cells().tolist() == [len(row) for row in kept]
    assert last_break(text, ord(",")) == len(text)


def test_a_quote_within_text_that_is_not_quoted_is_text() -> None:
    rows = scan(b'5" pipe,1\n"a,b",2\nx,"y"\n', ord(","))
    assert rows.cells().tolist() == [2, 2, 2]
