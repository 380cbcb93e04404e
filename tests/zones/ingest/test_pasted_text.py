"""What somebody pastes becomes a file that a reader understands, digit by digit."""

import pytest

from zones.errors import SourceError
from zones.ingest.pasted_text import as_file

NORTH_FIRST = ["纬度,经度", "41.78,123.40", "41.78,123.41", "41.79,123.41"]
EAST_FIRST = ["经度,纬度", "123.40,41.78", "123.41,41.78", "123.41,41.79"]


def rows(text: str) -> list[str]:
    """Return the lines of the table that a text becomes."""
    return as_file(text).content.decode().splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "123.40,41.78\n123.41,41.78\n123.41,41.79",
        "123.40 41.78, 123.41 41.78, 123.41 41.79",
        "123.40,41.78;123.41,41.78;123.41,41.79",
        "[[123.40,41.78],[123.41,41.78],[123.41,41.79]]",
        "123.40,41.78,123.41,41.78,123.41,41.79",
        "（123.40，41.78）（123.41，41.78）（123.41，41.79）",
        "１２３.40，41.78\n123.41，41.78\n123.41，41.79",
        "点1：123.40,41.78\n点2：123.41,41.78\n点3：123.41,41.79",
        "1 123.40 41.78 35.2\n2 123.41 41.78 35.4\n3 123.41 41.79 35.1",
        "1. 123.40, 41.78\n2. 123.41, 41.78\n3. 123.41, 41.79",
        "1,123.40 41.78,5\n2,123.41 41.78,5\n3,123.41 41.79,5",
        "J1,123.40 41.78,5\nJ2,123.41 41.78,5\nJ3,123.41 41.79,5",
        "123.40,41.78 123.41,41.78\n123.41,41.79",
        "123.40 41.78 123.41 41.78\n123.41 41.79",
    ],
)
def test_lists_of_degrees_become_one_table(text: str) -> None:
    assert rows(text) == EAST_FIRST


def test_latitude_first_is_told_by_the_size_of_the_numbers() -> None:
    assert rows("41.78 123.40\n41.78 123.41\n41.79 123.41") == NORTH_FIRST


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("E123°24′0″ N41°46′48″\nE123°24′36″ N41°46′48″", "E123°24′0″,N41°46′48″"),
        ("北纬41°46′48″，东经123°24′00″", "北纬41°46′48″,东经123°24′00″"),
        ("41.78N 123.40E", "41.78N,123.40E"),
        ("J1 北纬41°46′48″ 东经123°24′00″", "北纬41°46′48″,东经123°24′00″"),
        ("41°46.8′ 123°24′", "41°46.8′,123°24′"),
    ],
)
def test_angles_go_on_as_they_are_written(text: str, first: str) -> None:
    assert rows(text)[1] == first


@pytest.mark.parametrize(
    "text",
    [
        "J1,4627400,41533661\nJ2,4627400,41533761",
        "1,,4627400,41533661,0\n2,,4627400,41533761,0",
    ],
)
def test_metres_leave_open_which_is_north(text: str) -> None:
    assert rows(text) == ["X,Y", "4627400,41533661", "4627400,41533761"]


def test_a_blank_line_begins_another_ring() -> None:
    assert rows("1.5 2\n1.5 3\n2 3\n\n5 6\n5 7\n6 7")[4] == "2,5,6"


def test_statements_of_wkt_are_rows_each() -> None:
    text = "POLYGON((0 0,1 0,\n 1 1,0 0))\nSRID=4490;MULTIPOLYGON(((2 2,3 2,3 3,2 2)))"
    assert rows(text) == [
        "wkt",
        '"POLYGON((0 0,1 0, 1 1,0 0))"',
        '"SRID=4490;MULTIPOLYGON(((2 2,3 2,3 3,2 2)))"',
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"type": "Polygon"}', "pasted.geojson"),
        ('<kml xmlns="http://www.opengis.net/kml/2.2"/>', "pasted.kml"),
        ("[属性描述]\n格式版本号=1", "pasted.csv"),
        ("经度,纬度\n123.4,41.78", "pasted.csv"),
    ],
)
def test_what_is_a_file_already_stays_as_it_is(text: str, name: str) -> None:
    file = as_file(text)
    assert (file.name, file.content.decode().strip()) == (name, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "pasted-nothing"),
        ("\u200b \n", "pasted-nothing"),
        ("123.4,41.78\n123.41,甲\n123.4,41.79", "pasted-line-unread"),
        ("123.4,41.78\n123.41", "pasted-line-unread"),
        ("1 123.4 41.78 5 6\n2 123.4 41.79 5 6", "pasted-line-unread"),
        ("123,40 41,78\n123,41 41,78\n123,41 41,79", "pasted-decimal-commas"),
        ("123,40 41,78 123,41 41,78", "pasted-decimal-commas"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, code: str) -> None:
    with pytest.raises(SourceError) as fault:
        as_file(text)
    assert fault.value.code == code
