"""What databases of features hold besides: constraints, bytes, tables without places."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest

from tests.format_files import boxes, geopackage, with_sql
from tests.opened_sources import read
from tests.source_files import zip_of

CONSTRAINTS = (
    "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT, constraint_name TEXT)",
    "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT, constraint_type TEXT,"
    " value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN)",
)


WRITE = ("ogr2ogr", "-f", "OpenFileGDB", "-nlt", "PROMOTE_TO_MULTI", "-nlt", "MULTIPOLYGON")


def constrained(values: list[Any], row: str) -> bytes:
    """Return a package whose column ``a`` has a constraint: the row's columns behind its name."""
    return with_sql(
        geopackage({"plots": (boxes(3), {"a": values})}),
        *CONSTRAINTS,
        "INSERT INTO gpkg_data_columns VALUES ('plots', 'a', 'rule')",
        f"INSERT INTO gpkg_data_column_constraints VALUES ('Rule', {row})",  # noqa: S608 - our own
    )


@pytest.mark.parametrize(
    ("values", "row", "code", "count"),
    [
        ([1.0, 2.0, 10.0], "'range', NULL, 1, 1, 10, 1", "field-range", None),
        ([1.0, 2.0, 10.0], "'range', NULL, 1, 0, 10, 0", "field-outside-range", 2),
        ([1.0, 2.0, 10.5], "'range', NULL, NULL, NULL, 10, 1", "field-outside-range", 1),
        ([0.5, 2.0, 3.0], "'range', NULL, 1, 1, NULL, NULL", "field-outside-range", 1),
        ([1.0, 2.0, 10.0], "'range', NULL, 'x', 1, NULL, 1", "field-range", None),
        (["R1", "R2", None], "'glob', 'R[0-9]', NULL, NULL, NULL, NULL", "field-pattern", None),
        (["R1", "B2", "r3"], "'glob', 'R*', NULL, NULL, NULL, NULL", "field-outside-pattern", 2),
        (["R1", "B2", "r3"], "'glob', '*a*a*a*', NULL, NULL, NULL, NULL", "field-pattern", None),
    ],
)
def test_values_that_a_constraint_forbids_are_counted_and_kept(
    tmp_path: Path, values: list[Any], row: str, code: str, count: int | None
) -> None:
    found = read(tmp_path, constrained(values, row), "gpkg")
    (told,) = (each for each in found.problems if each.field == "a")
    assert (told.code, told.params.get("count")) == (code, count)
    assert [each["properties"]["a"] for each in found.rows] == values


def test_tables_without_places_and_bytes_of_a_package_are_told(tmp_path: Path) -> None:
    package = with_sql(
        geopackage({"plots": (boxes(1), {"a": ["甲"]})}),
        "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
        " VALUES ('owners', 'attributes', 'owners')",
        "ALTER TABLE plots ADD COLUMN photo BLOB",
        "UPDATE plots SET photo = x'00ff'",
    )
    found = read(tmp_path, package, "gpkg")
    told = {each.code: each.params for each in found.problems}
    assert told["tables-passed-over"] == {"count": 1, "tables": "owners"}
    assert told["bytes-as-text"] == {"columns": "photo"}
    assert found.rows[0]["properties"] == {"a": "甲", "photo": "00ff"}


@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="no ogr2ogr")
def test_tables_without_places_and_bytes_of_a_geodatabase_are_told(tmp_path: Path) -> None:
    package, folder = tmp_path / "a.gpkg", tmp_path / "plan.gdb"
    package.write_bytes(
        with_sql(
            geopackage({"plots": (boxes(1), {"a": ["甲"]})}),
            "ALTER TABLE plots ADD COLUMN photo BLOB",
            "UPDATE plots SET photo = x'00ff'",
        )
    )
    subprocess.run([*WRITE, folder, package], check=True)
    names = np.array(["王"], object)
    pyogrio.raw.write(
        folder, None, [names], ["owner"], layer="owners", driver="OpenFileGDB", append=True
    )
    files = {f"plan.gdb/{each.name}": each.read_bytes() for each in folder.iterdir()}
    found = read(tmp_path, zip_of(files), "filegdb")
    told = {each.code: each.params for each in found.problems}
    assert told["tables-passed-over"] == {"count": 1, "tables": "owners"}
    assert told["bytes-as-text"] == {"columns": "photo"}
    assert found.rows[0]["properties"] == {"a": "甲", "photo": "00ff"}
