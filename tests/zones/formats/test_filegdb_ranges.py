"""Range domains of file geodatabases."""

from pathlib import Path

from tests.format_files import boxes
from tests.geodatabase_items import geodatabase, range_domain
from tests.opened_sources import read


def test_ranges_are_told_and_values_outside_counted(tmp_path: Path) -> None:
    content = geodatabase(
        boxes(3),
        {"RJL": [0.5, 12.0, -1.0], "LDL": [30, 35, None], "MC": ["甲", "乙", "丙"]},
        domains={"RJL": "容积率", "LDL": "绿地率"},
        definitions=[
            range_domain("容积率", 0, 10),
            range_domain("绿地率", 0, 100, "Integer"),
        ],
    )
    found = read(tmp_path, content, "filegdb")
    told = {each.field: (each.code, each.params) for each in found.problems if each.field}
    assert told["RJL"] == ("field-outside-range", {"low": "0", "high": "10", "count": 2})
    assert told["LDL"] == ("field-range", {"low": "0", "high": "100"})
    assert [row["properties"]["RJL"] for row in found.rows] == [0.5, 12.0, -1.0]
