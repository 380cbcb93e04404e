"""Columns of a CSV that are numbers to a person and not to a program; headings that come again."""

from pathlib import Path

import pytest

from tests.opened_sources import Read, read

AT = "123.40,41.78"


def table(folder: Path, heading: str, cells: list[str]) -> Read:
    """Return what is read of a table of points with one more column."""
    rows = "".join(f'{AT},"{cell}"\n' for cell in cells)
    return read(folder, f"lon,lat,{heading}\n{rows}".encode(), "csv", crs="CRS84")


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        (["999", "1,234.5", "7"], 1),
        (["1,234.5", "12,345"], 2),
        (["35%", "12.5 %", "0.3"], 2),
        (["¥12", "$1,200", "(300)", "−5", "5-"], 5),
        (["1 234", "1'234", "1.5"], 2),
        (["5", "NULL", "#N/A", "-", "无"], 4),
    ],
)
def test_numbers_with_signs_and_words_for_none_stay_texts_and_are_told(
    tmp_path: Path, cells: list[str], count: int
) -> None:
    found = table(tmp_path, "面积", cells)
    (told,) = (each for each in found.problems if each.code == "numbers-kept-as-text")
    assert told.params == {"column": "面积", "count": count, "value": told.params["value"]}
    assert told.params["value"] == next(
        each for each in cells if not each.replace(".", "").isdigit()
    )
    assert [row["properties"]["面积"] for row in found.rows] == cells


@pytest.mark.parametrize(
    "cells",
    [
        ["-", "—", "NULL"],
        ["甲", "1,234", "5"],
        ["1,234", "甲", "5"],
        ["0701", "5", "7"],
        ["024-5", "5"],
        ["2024-02-09", "2024"],
        ["12345678901234567890", "5"],
        ["true", "false"],
    ],
)
def test_what_is_no_column_of_numbers_is_not_told_of(tmp_path: Path, cells: list[str]) -> None:
    assert "numbers-kept-as-text" not in table(tmp_path, "备注", cells).codes


@pytest.mark.parametrize("heading", ["批准日期", "date", "APPROVAL_DATE", "登记时间"])
def test_days_that_a_spreadsheet_counts_are_told(tmp_path: Path, heading: str) -> None:
    found = table(tmp_path, heading, ["45331", "45332"])
    (told,) = (each for each in found.problems if each.code == "days-as-serials")
    assert told.params == {"column": heading, "value": "45331", "day": "2024-02-09"}
    assert [row["properties"][heading] for row in found.rows] == [45331, 45332]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("面积", ["45331"]),
        ("update_no", ["45331"]),
        ("日期", ["45331", "2024"]),
        ("日期", ["20240209"]),
    ],
)
def test_other_numbers_are_no_days(tmp_path: Path, heading: str, cells: list[str]) -> None:
    assert "days-as-serials" not in table(tmp_path, heading, cells).codes


@pytest.mark.parametrize("again", ["lon,lat,name", "\ufefflon,lat,name", "Lon, LAT ,Name"])
def test_headings_of_files_put_one_behind_the_other_are_passed_over(
    tmp_path: Path, again: str
) -> None:
    text = f"\ufefflon,lat,name\n{AT},甲\n{again}\n{AT},乙\n"
    found = read(tmp_path, text.encode(), "csv", crs="CRS84")
    assert [row["properties"]["name"] for row in found.rows] == ["甲", "乙"]
    assert "sheet-header-repeated" in found.codes
