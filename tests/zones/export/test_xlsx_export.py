"""Collections as Excel workbooks."""

from pathlib import Path

import openpyxl
import pytest
import shapely

from tests.exported import ODD, PLAIN, PLOTS, exported, imported_diff, stored
from tests.imports import imported
from zones.crs.transform import CRS
from zones.export.export_layer import ExportLayer
from zones.export.xlsx_table import LONGEST_CELL, write_xlsx, xlsx_remarks
from zones.model import CollectionInfo, Feature
from zones.store.sql.store import SqlStore

POINT = shapely.Point(123.4, 41.78)


def cells(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_collection_comes_back_as_it_was(empty_store: SqlStore, tmp_path: Path) -> None:
    store = stored(empty_store, PLAIN)
    path = exported(tmp_path, PLAIN, "xlsx")
    diff = imported_diff(store, path, into="plots", crs="CRS84")
    assert (diff.added, diff.changed, diff.removed) == ((), (), ())


def test_points_come_back_to_the_last_bit(empty_store: SqlStore, tmp_path: Path) -> None:
    point = Feature("a", shapely.Point(ODD, 41.75 + 1 / 3), {"n": 1})
    path = exported(tmp_path, [point], "xlsx")
    store = stored(empty_store, [], "point")
    imported(store, tmp_path, path.read_bytes(), name="a.xlsx", into="plots", crs="CRS84")
    (back,) = store.features("plots")
    assert back.geometry == point.geometry


def test_codes_and_formulas_are_texts(tmp_path: Path) -> None:
    row = {"code": "0701", "long": 2101020010010000123, "text": "=1+1", "n": 7, "day": "2026-11-29"}
    path = exported(tmp_path, [Feature("1", POINT, row)], "xlsx")
    head, told = cells(path)
    assert head == ["zones_fid", "lon", "lat", "code", "long", "text", "n", "day"]
    assert told[3:7] == ["0701", "2101020010010000123", "=1+1", 7]
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [sheet.cell(2, at).data_type for at in (4, 5, 6, 7, 8)] == ["s", "s", "s", "n", "d"]
    assert sheet.cell(2, 4).number_format == "@"


def test_what_no_cell_holds_is_left_blank_and_told(tmp_path: Path) -> None:
    large = POINT.buffer(0.01, quad_segs=400)
    layer = ExportLayer(PLOTS, [Feature("1", large, {"t": "x" * (LONGEST_CELL + 1)})], CRS.CRS84)
    write_xlsx(tmp_path / "a.xlsx", layer)
    assert cells(tmp_path / "a.xlsx")[1] == ["1", None, None]
    assert [told.params["column"] for told in xlsx_remarks(layer)] == ["wkt", "t"]


@pytest.mark.parametrize("title", ["", "[地块]/2026:*?", "'" + "长" * 40])
def test_any_title_names_the_sheet(tmp_path: Path, title: str) -> None:
    info = CollectionInfo("plots", title, "Plots")
    layer = ExportLayer(info, [Feature("1", POINT, {"t": "a\x0bb"})], CRS.CRS84)
    write_xlsx(tmp_path / "a.xlsx", layer)
    assert cells(tmp_path / "a.xlsx")[1] == ["1", 123.4, 41.78, "ab"]
