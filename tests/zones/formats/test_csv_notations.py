"""Coordinates as people write them, read alike by imports and by look-ups."""

from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.opened_sources import layer_of, read
from zones.crs.reference_systems import parse_crs
from zones.errors import SourceError, ZonesError
from zones.formats.csv.axis_order import place_in
from zones.formats.csv.coordinate_columns import place_of, place_with_datum
from zones.formats.csv.degrees_minutes_seconds import angle
from zones.lookup.bulk_locator import build_bulk_locator
from zones.snapshot.model import Snapshot
from zones.streams.answer_column_names import parse_columns
from zones.streams.coordinates_to_answers import PointQuestion
from zones.streams.csv_options import CSVOptions
from zones.streams.csv_stream import CSVStream

PLACE = (123.405, 41.785)


class Looked:
    """What a look-up made of a table."""

    def __init__(self, task: PointQuestion, text: bytes, *, is_crs_stated: bool = True) -> None:
        self.stream = CSVStream(task, CSVOptions(is_crs_stated=is_crs_stated))
        self.text = b"".join([*self.stream.add(text), *self.stream.end()])
        self.rows = self.text.decode("utf-8").splitlines()[1:]
        self.codes = [note.code for note in self.stream.tally.remarks]

    @property
    def zones(self) -> list[str]:
        return [next(filter(lambda cell: "zone-" in cell, row.split(",")), "") for row in self.rows]


@pytest.fixture(scope="module")
def snapshot(seeded_snapshot: Snapshot) -> Snapshot:
    return seeded_snapshot


def task_of(snapshot: Snapshot, crs: str = "CRS84") -> PointQuestion:
    locator = snapshot.derived(build_bulk_locator)
    return PointQuestion(locator, parse_crs(crs), parse_columns("zone_id"))


def imported(folder: Path, text: str | bytes, **options: Any) -> tuple[Any, list[str]]:
    given = text if isinstance(text, bytes) else text.encode()
    found = read(folder, given, "csv", **{"crs": "CRS84", **options})
    points = [row["wkb"] and shapely.from_wkb(row["wkb"]) for row in found.rows]
    return points, found.codes


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("123°24′18″", "41°47′06″"),
        ("123°24'18\"", "41°47'6.0\""),
        ("123°24'18''", "41°47'06''"),
        ("123度24分18秒", "41度47分06秒"),
        ("123:24:18", "41:47:06"),
        ("123 24 18", "41 47 06"),
        ("123-24-18", "41-47-06"),
        ("123°24.3′", "41°47.1′"),
        ("E123°24′18″", "N41°47′06″"),
        ("123°24′18″E", "41°47′06″N"),
        ("东经123°24′18″", "北纬41°47′06″"),
        ("东经：123度24分18秒", "北纬：41度47分06秒"),
        ("123.405°", "41.785°"),
        ("123.405E", "41.785N"),
        ("１２３°２４′１８″", "４１°４７′０６″"),
    ],
)
def test_degrees_minutes_seconds_are_read_by_both_doors_and_told(
    tmp_path: Path, snapshot: Snapshot, lon: str, lat: str
) -> None:
    quoted = [cell.replace('"', '""') for cell in (lon, lat)]
    text = f'name,lon,lat\n甲,"{quoted[0]}","{quoted[1]}"\n'
    points, codes = imported(tmp_path, text)
    assert (points[0].x, points[0].y) == pytest.approx(PLACE, abs=1e-9)
    looked = Looked(task_of(snapshot), text.encode())
    assert codes == looked.codes == ["csv-angles-read"]
    plain = Looked(task_of(snapshot), b"name,lon,lat\n0,123.405,41.785\n")
    assert looked.rows[0].endswith(plain.rows[0].partition("41.785")[2])
    assert f'"{quoted[0]}"' in looked.rows[0]


@pytest.mark.parametrize(
    "text", ["123°60′00″", "123°24′61″", "123°24.5′18″", "-123°24′W", "12:30", "2023-01-12", "十"]
)
def test_what_is_no_angle_beyond_doubt_is_none(text: str) -> None:
    assert angle(text) is None


def test_packed_degrees_are_read_as_decimal_and_asked_about(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    text = "点号,经度,纬度\nJ1,123.23488953,41.46325271\nJ2,123.23575551,41.46324971\n"
    _, codes = imported(tmp_path, text)
    looked = Looked(task_of(snapshot), text.encode())
    assert codes[0] == looked.codes[0] == "csv-packed-degrees"
    told = looked.stream.tally.remarks[0].params
    assert (told["lon"], told["lat"]) == ("123.3969154", "41.7757020")


def test_a_question_about_the_system_tells_how_coordinates_were_read(tmp_path: Path) -> None:
    found = read(tmp_path, "经度,纬度\n123°24′18″,41°47′06″\n".encode(), "csv", crs=None)
    assert found.question is not None
    first = found.question.candidates[0]
    assert "csv-angles-read" in [reason.code for reason in first.reasons]


PACKED = "点号,经度,纬度\nJ1,123.23488953,41.46325271\nJ2,123.23575551,41.46324971\n".encode()
DISTRICT = shapely.box(123.35, 41.74, 123.45, 41.82).wkb_hex


@pytest.mark.parametrize("crs", [None, "CRS84"])
def test_packed_degrees_are_asked_about_with_the_reading_that_fits_first(
    tmp_path: Path, crs: str | None
) -> None:
    found = read(tmp_path, PACKED, "csv", crs=crs, outline=DISTRICT)
    assert found.question is not None
    options = [one.options for one in found.question.candidates]
    assert (found.question.code, options[0]) == (
        "ask-packed-degrees",
        {"crs": "CRS84", "angles": "dms"},
    )
    assert {"crs": "CRS84", "angles": "decimal"} in options


@pytest.mark.parametrize(("angles", "lon"), [("dms", 123.3969153611), ("decimal", 123.23488953)])
def test_packed_degrees_are_read_as_a_person_says(tmp_path: Path, angles: str, lon: float) -> None:
    found = read(tmp_path, PACKED, "csv", crs="CRS84", angles=angles, outline=DISTRICT)
    assert found.question is None
    assert shapely.from_wkb(found.rows[0]["wkb"]).x == pytest.approx(lon, abs=1e-10)
    assert "csv-packed-degrees" not in found.codes


def test_decimal_degrees_within_the_district_that_look_packed_are_not_asked_about(
    tmp_path: Path,
) -> None:
    south = shapely.box(123.2, 41.4, 123.3, 41.5).wkb_hex
    found = read(tmp_path, PACKED, "csv", crs="CRS84", outline=south)
    assert found.question is None
    assert found.codes[0] == "csv-packed-degrees"


@pytest.mark.parametrize("text", ["123.241", "1232410.0"])
def test_zeros_that_a_spreadsheet_left_out_are_those_of_seconds(tmp_path: Path, text: str) -> None:
    rows = f"lon,lat\n{text},41.4706\n123.2418,41.4706\n"
    found = read(tmp_path, rows.encode(), "csv", crs="CRS84", angles="dms")
    assert shapely.from_wkb(found.rows[0]["wkb"]).x == pytest.approx(123 + 24 / 60 + 10 / 3600)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        *(
            ("N坐标", "E坐标"),
            ("北", "东"),
            ("纵", "横"),
            ("X轴", "Y轴"),
            ("国家2000X", "国家2000Y"),
        ),
        *(("X2000", "Y2000"), ("界址点X坐标", "界址点Y坐标"), ("Latitude(N)", "Longitude(E)")),
        *(("B", "L"), ("纬", "经"), ("X(m)", "Y(m)"), ("纵坐标（X）", "横坐标（Y）")),
    ],
)
def test_headings_of_surveyors_are_known(x: str, y: str) -> None:
    place = place_in(["点号", x, y, "备注"], [], crs=None)
    assert {place.x, place.y} == {1, 2}


def test_decimal_degrees_of_the_district_are_not_taken_for_packed_ones(tmp_path: Path) -> None:
    assert imported(tmp_path, "lon,lat\n123.234889,41.785300\n")[1] == []


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("\u202d123.405\u202c", "41.785"),
        ("123.405\u200b", "\ufeff41.785"),
        ("\u00a0123.405\u00a0", "\u300041.785"),
        ("123.\u00ad405", "41.785\u200e"),
        ("１２３．４０５", "41.785"),
        ("'123.405", "41.785"),
    ],
)
def test_characters_that_cannot_be_seen_are_passed_over_and_told(
    tmp_path: Path, snapshot: Snapshot, lon: str, lat: str
) -> None:
    text = f"name,lon,lat\n甲,{lon},{lat}\n"
    points, codes = imported(tmp_path, text)
    assert (points[0].x, points[0].y) == PLACE
    looked = Looked(task_of(snapshot), text.encode())
    assert codes == looked.codes == ["csv-numbers-cleaned"]
    assert looked.zones[0].startswith("zone-")


def test_commas_between_thousands_are_read(tmp_path: Path) -> None:
    text = '点号,东坐标,北坐标\nJ1,"533,661.60","4,627,400.00"\n'
    points, codes = imported(tmp_path, text, crs="EPSG:4550")
    assert codes == ["csv-numbers-cleaned"]
    assert points[0].distance(points[0]) == 0
    assert points[0].x == pytest.approx(123.405, abs=0.01)


@pytest.mark.parametrize(
    ("header", "east_first"),
    [
        ("X(m),Y(m)", False),
        ("X（米）,Y（米）", False),
        ("X/m,Y/m", False),
        ("纵坐标（X）,横坐标（Y）", False),
        ("纵坐标X,横坐标Y", False),
        ("北坐标X,东坐标Y", False),
        ("X(北),Y(东)", False),
        ("N,E", False),
        ("坐标X,坐标Y", False),
        ("X值,Y值", False),
        ("XZB,YZB", False),
        ("CGCS2000_X,CGCS2000_Y", False),
        ("POINT_X,POINT_Y", True),
        ("横坐标,纵坐标", True),
        ("Easting (m),Northing (m)", True),
    ],
)
def test_headings_in_metres_are_known_with_the_meaning_of_surveyors(
    tmp_path: Path, snapshot: Snapshot, header: str, east_first: bool
) -> None:
    north, east = "4627400.0", "41533661.6"
    pair = f"{east},{north}" if east_first else f"{north},{east}"
    text = f"点号,{header}\nJ1,{pair}\n"
    points, _ = imported(tmp_path, text, crs="EPSG:4529")
    assert points[0].x == pytest.approx(123.405, abs=0.01)
    assert Looked(task_of(snapshot, "EPSG:4529"), text.encode()).zones[0].startswith("zone-")


@pytest.mark.parametrize(
    "header",
    [
        "经度E,纬度N",
        "中心经度,中心纬度",
        "JD,WD",
        "大地经度L,大地纬度B",
        "location_lng,location_lat",
        "shop_lng,shop_lat",
        "Longitude (deg),Latitude (deg)",
        "\ufeffＬＯＮ,ＬＡＴ",
    ],
)
def test_headings_in_degrees_are_known_by_many_names(
    tmp_path: Path, snapshot: Snapshot, header: str
) -> None:
    text = f"名称,{header}\n甲,123.405,41.785\n"
    points, _ = imported(tmp_path, text)
    assert (points[0].x, points[0].y) == PLACE
    assert Looked(task_of(snapshot), text.encode()).zones[0].startswith("zone-")


@pytest.mark.parametrize(
    "header",
    [
        ["起点经度", "起点纬度", "终点经度", "终点纬度"],
        ["platform", "plate"],
        ["x1", "y1"],
        ["东北角", "备注"],
        ["lng_gcj02", "lat_bd09"],
        ["name", "n"],
    ],
)
def test_names_that_leave_open_which_point_is_meant_are_none(header: list[str]) -> None:
    assert place_with_datum(header) is None
    with pytest.raises(SourceError):
        place_of(header)


def test_a_datum_that_columns_name_counts_unless_a_person_names_one(snapshot: Snapshot) -> None:
    text = "名称,lng_gcj02,lat_gcj02\n甲,123.41,41.79\n".encode()
    by_names = Looked(task_of(snapshot), text, is_crs_stated=False)
    by_person = Looked(task_of(snapshot, "gcj02"), text)
    overruled = Looked(task_of(snapshot), text)
    assert by_names.rows == by_person.rows
    assert by_names.codes == ["csv-datum-named"]
    assert by_person.codes == []
    assert overruled.codes == ["csv-datum-overruled"]


def test_of_columns_in_several_datums_those_are_taken_that_a_person_names(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    text = "bd09_lng,bd09_lat,wgs84_lng,wgs84_lat\n123.4175,41.7934,123.405,41.785\n"
    looked = Looked(task_of(snapshot, "bd09"), text.encode())
    assert looked.stream._splitter.dialect.place.x == 0  # type: ignore[union-attr]  # there is one by then
    (point,), _ = imported(tmp_path, text, crs="bd09")
    assert (point.x, point.y) == pytest.approx(PLACE, abs=2e-3)


def test_of_columns_with_one_name_both_are_kept_and_the_choice_is_told(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    text = "name,name,lon,lat,lat\n甲,乙,123.405,41.785,0\n"
    found = read(tmp_path, text.encode(), "csv", crs="CRS84")
    assert found.rows[0]["properties"] == {"name": "甲", "name_2": "乙", "lat_5": 0}
    assert set(found.codes) == {"csv-columns-chosen", "csv-name-repeated"}
    assert Looked(task_of(snapshot), text.encode()).codes == ["csv-columns-chosen"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end_is_read_by_both_doors(
    tmp_path: Path, snapshot: Snapshot, line_break: str
) -> None:
    lines = ["name,lon,lat", "甲,123.405,41.785", '"乙\r丙",123.406,41.785', ""]
    text = line_break.join(lines)
    found = read(tmp_path, text.encode(), "csv", crs="CRS84")
    assert [row["properties"]["name"] for row in found.rows] == ["甲", "乙\r丙"]
    looked = Looked(task_of(snapshot), text.encode())
    assert looked.stream.tally.rows == 2
    assert looked.stream.tally.summary([]).rows_at_fault == 0


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("step", [1, 3, 4096])
def test_utf16_is_answered_in_utf8(snapshot: Snapshot, codec: str, step: int) -> None:
    text = "\ufeff名称\t经度\t纬度\r\n😀\t123.405\t41.785\r\n".encode(codec)
    stream = CSVStream(task_of(snapshot))
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    told = b"".join([*(out for piece in pieces for out in stream.add(piece)), *stream.end()])
    assert told.decode("utf-8").startswith("\ufeff名称\t经度\t纬度\tzone_id\tlocate_fault\r\n😀")
    assert stream.media_type.startswith("text/csv; charset=utf-8")
    assert [note.code for note in stream.tally.remarks] == ["csv-utf16-answered"]


@pytest.mark.parametrize("cell", ['"123.405,41.785"', "123.405,41.785", "（123.405，41.785）"])
def test_pairs_in_one_column_are_read_by_both_doors(
    tmp_path: Path, snapshot: Snapshot, cell: str
) -> None:
    text = f"名称,坐标,类\n甲,{cell},a\n"
    points, _ = imported(tmp_path, text)
    assert (points[0].x, points[0].y) == PLACE
    looked = Looked(task_of(snapshot), text.encode())
    assert looked.codes == ["csv-one-column"]
    assert looked.rows[0].count(",") == (5 if "，" not in cell else 4)
    assert looked.zones[0].startswith("zone-")


def test_rows_wider_than_the_header_are_told_by_their_line(tmp_path: Path) -> None:
    text = "name,lon,lat\n甲,123.405,41.785,\n\n乙,123.405,41.785,地类,0701\n"
    found = read(tmp_path, text.encode(), "csv", crs="CRS84")
    (problem,) = found.problems
    assert (problem.code, problem.feature, problem.params["line"]) == ("csv-row-too-wide", 2, 4)
    assert problem.params["surplus"] == "地类, 0701"


def test_short_rows_and_open_quotes_are_counted_with_the_first(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    text = 'name,lon,lat,note\n甲,123.405,41.785,x\n乙,123.405,41.785\n"丙,123.405,41.785,y\n'
    found = read(tmp_path, text.encode(), "csv", crs="CRS84")
    told = {problem.code: problem.params for problem in found.problems}
    assert set(told) == {"csv-rows-short", "csv-quote-open"}
    assert (told["csv-rows-short"]["row"], told["csv-quote-open"]["line"]) == (2, 4)
    assert found.rows[2]["properties"]["name"] == '"丙'
    looked = Looked(task_of(snapshot), text.encode())
    assert looked.codes == ["csv-rows-short"]
    assert "row-quote-open" in looked.rows[2]


def test_a_header_with_an_open_quote_is_refused_by_both_doors(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    text = b'"name,lon,lat\n1,123.4,41.7\n'
    with pytest.raises(ZonesError) as imported_fault:
        layer_of(tmp_path, text, "csv", crs="CRS84")
    with pytest.raises(ZonesError) as looked_fault:
        Looked(task_of(snapshot), text)
    assert imported_fault.value.code == looked_fault.value.code == "csv-header-quote"
