"""What becomes of each spelling of a value in a shapefile's table, and of odd fields."""

from pathlib import Path

import pytest

from tests.opened_sources import Read, read
from tests.source_files import point, polygon, shapefile, square, zipped
from zones.model import JSON

Told = list[tuple[str, int | None, str | None]]


def column(folder: Path, kind: str, width: int, *cells: bytes, name: str = "v") -> Read:
    """Return the reading of a table with these cells, two columns of text around them."""
    rows = [(f"a{number}", cell, "z") for number, cell in enumerate(cells)]
    fields = [("first", "C", 3), (name, kind, width), ("last", "C", 2)]
    parts = shapefile([polygon(square(number)) for number in range(len(rows))], rows, fields=fields)
    return read(folder, zipped(parts), "shapefile")


def values(found: Read, name: str = "v") -> list[JSON]:
    assert [row["properties"]["first"] for row in found.rows] == [
        f"a{number}" for number in range(len(found.rows))
    ]
    assert {row["properties"]["last"] for row in found.rows} == {"z"}
    return [row["properties"][name] for row in found.rows]


def told(found: Read) -> Told:
    return [(item.code, item.feature, item.field) for item in found.problems]


def test_a_day_that_is_in_no_calendar_is_told_with_its_row(tmp_path: Path) -> None:
    cells = (b"20240229", b"20230229", b"20231345", b"2024-2-9", b"00000000", b"       0", b"")
    found = column(tmp_path, "D", 8, *cells)
    assert values(found) == ["2024-02-29", *[None] * 6]
    assert told(found) == [("dbf-not-date", row, "v") for row in (2, 3, 4)]
    assert [item.params["value"] for item in found.problems] == ["20230229", "20231345", "2024-2-9"]


def test_a_day_with_hyphens_in_a_wider_field_is_a_day(tmp_path: Path) -> None:
    found = column(tmp_path, "D", 10, b"2024-02-29", b"20240301")
    assert (values(found), told(found)) == (["2024-02-29", "2024-03-01"], [])


def test_numbers_are_read_in_every_spelling_and_told_if_they_are_none(tmp_path: Path) -> None:
    spelled = {
        b"0.10": 0.1,
        b"1,5": 1.5,
        b".5": 0.5,
        b"-.5": -0.5,
        b"+5": 5,
        b"-0": 0,
        b"007": 7,
        b"1.5E+3": 1500.0,
        b"210102001001000001": 210102001001000001,
        b"210102001001000001.000": 210102001001000001,
        b"-9223372036854775807": -9223372036854775807,
        b"9223372036854775808": "9223372036854775808",
        b"9223372036854775808.0": "9223372036854775808",
        b"123.450000000000003": 123.45,
    }
    blank = (b"", b"*" * 22)
    none = (b"-", b"nan", b"1e400", b"1_0", b"12a", b"1,234,567", b"1,234")
    found = column(tmp_path, "N", 22, *spelled, *blank, *none)
    assert values(found) == [*spelled.values(), *[None] * 9]
    assert [type(value) for value in values(found)[:14]] == [type(v) for v in spelled.values()]
    faults = [("dbf-not-number", row, "v") for row in range(17, 24)]
    read_so = [("dbf-decimal-commas", 2, "v"), ("dbf-asterisks", 16, "v")]
    assert told(found) == [*faults, *read_so]
    assert found.problems[-2].params == {"count": 1, "value": "1,5"}


def test_logical_values(tmp_path: Path) -> None:
    found = column(tmp_path, "L", 1, *(bytes([mark]) for mark in b"TtYyFfNn? 1"))
    assert values(found) == [*[True] * 4, *[False] * 4, None, None, None]
    assert told(found) == [("dbf-not-boolean", 11, "v")]


def test_texts_keep_what_is_within_them(tmp_path: Path) -> None:
    found = column(tmp_path, "C", 6, b"0100", b"a  b", b"-", b"", b"\xa1\xa1")
    assert values(found) == ["0100", "a  b", "-", None, "\u3000"]


def test_blanks_before_a_text_are_left_out_and_told(tmp_path: Path) -> None:
    found = column(tmp_path, "C", 6, b"  ab", b"ab", b"", b" \xba\xcd")
    assert values(found) == ["ab", "ab", None, "和"]
    assert found.problems[0].code == "texts-trimmed"
    assert found.problems[0].params == {"columns": "v", "count": 2, "value": "“  ab”"}


def test_many_cells_that_are_none_are_counted(tmp_path: Path) -> None:
    found = column(tmp_path, "D", 8, *[b"20231345"] * 25)
    assert told(found) == [
        *[("dbf-not-date", row, "v") for row in range(1, 11)],
        ("dbf-more-unread", 11, "v"),
    ]
    assert found.problems[-1].params == {"count": 15, "first": 11, "last": 25}


@pytest.mark.parametrize("kind", list("CNFLD"))
def test_a_field_of_width_0_is_empty(kind: str, tmp_path: Path) -> None:
    found = column(tmp_path, kind, 0, b"", b"")
    assert (values(found), told(found)) == ([None, None], [])


@pytest.mark.parametrize("kind", list("MBGP@+OIYTWVQ0"))
def test_a_field_of_a_type_that_is_not_read_is_named(kind: str, tmp_path: Path) -> None:
    found = column(tmp_path, kind, 4, b"\1\2\3\xff", name="附件")
    assert found.codes == ["fields-skipped"]
    assert found.problems[0].params == {"count": 1, "names": f"附件 ({kind})", "rows": 1}
    assert found.rows[0]["properties"] == {"first": "a0", "last": "z"}


def test_more_decimals_than_digits_do_not_matter(tmp_path: Path) -> None:
    parts = shapefile([polygon(square())], [("1.5",)], fields=[("v", "N", 3)])
    parts[".dbf"] = parts[".dbf"][: 32 + 17] + b"\xff" + parts[".dbf"][32 + 18 :]
    assert read(tmp_path, zipped(parts), "shapefile").rows[0]["properties"] == {"v": 1.5}


def as_wide(part: bytes, width: int) -> bytes:
    """Return a table of one text field, its width in two bytes."""
    entry = part[32:48] + bytes([width % 256, width // 256]) + part[50:64]
    text = part[66:-1].ljust(width)
    head = part[:10] + (1 + width).to_bytes(2, "little") + part[12:32]
    return head + entry + part[64:66] + text + b"\x1a"


@pytest.mark.parametrize("width", [255, 256, 300, 1000])
def test_a_text_wider_than_dbase_allows_is_read_whole(width: int, tmp_path: Path) -> None:
    text = "和平区" * (width // 9)
    parts = shapefile([polygon(square())], [(b"x",)], fields=[("v", "C", 1)])
    parts[".dbf"] = as_wide(parts[".dbf"][:-2] + text.encode() + b"\x1a", width)
    found = read(tmp_path, zipped(parts), "shapefile")
    assert (found.rows[0]["properties"], found.codes) == ({"v": text}, [])


def test_decimals_of_a_text_that_mean_nothing_do_not_matter(tmp_path: Path) -> None:
    parts = shapefile([polygon(square())], [("abc",)], fields=[("v", "C", 5)])
    parts[".dbf"] = parts[".dbf"][:49] + b"\x0f" + parts[".dbf"][50:]
    assert read(tmp_path, zipped(parts), "shapefile").rows[0]["properties"] == {"v": "abc"}


def test_cells_of_asterisks_and_deleted_rows_are_told(tmp_path: Path) -> None:
    shapes = [point(123.4, 41.78)] * 3
    parts = shapefile(shapes, [[1], [2], [3]], fields=[("n", "N", 6)])
    table = bytearray(parts[".dbf"])
    rows = int.from_bytes(table[8:10], "little")
    table[rows + 1 : rows + 7] = b"******"
    table[rows + 14] = ord("*")
    found = read(tmp_path, zipped({**parts, ".dbf": bytes(table)}), "shapefile")
    assert [row["properties"] for row in found.rows] == [{"n": None}, {"n": 2}]
    told = {each.code: (each.feature, each.params) for each in found.problems}
    assert told["dbf-asterisks"] == (1, {"count": 1})
    assert told["dbf-deleted"] == (None, {"count": 1})
