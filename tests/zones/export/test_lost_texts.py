"""Texts that were lost before they arrived are told of in every format."""

from pathlib import Path

import pytest
from shapely import box

from tests.exported import FORMATS, PLOTS, back_again, exported, stored
from zones.export.export_options import export_options
from zones.export.write_file import export_remarks
from zones.model import Feature
from zones.store.sql.store import SqlStore

TEXTS = ("��河", "和平", "锟斤拷街")


@pytest.mark.parametrize("format_", FORMATS)
def test_lost_texts_are_told_with_count_and_field(
    format_: str, empty_store: SqlStore, tmp_path: Path
) -> None:
    shape = box(123.41, 41.75, 123.42, 41.76)
    features = [Feature(str(n), shape, {"街道": text}) for n, text in enumerate(TEXTS)]
    store = stored(empty_store, features)
    report = back_again(store, exported(tmp_path, features, format_), crs="CRS84")
    lost = [item for item in report.problems if item.code == "text-lost" and item.field == "街道"]
    assert [(item.params["count"], item.feature) for item in lost] == [(2, 1)]
    assert lost[0].severity == "warning"


@pytest.mark.parametrize("name", ["csv", "shp", "xlsx"])
def test_empty_and_padded_texts_are_told(name: str) -> None:
    features = [
        Feature("1", None, {"名称": "", "备注": " 甲 "}),
        Feature("2", None, {"名称": "", "备注": None}),
        Feature("3", None, {"名称": "  ", "备注": "乙"}),
    ]
    told = export_remarks(PLOTS, features, options=export_options(name))
    assert [(each.code, each.params) for each in told] == [
        ("export-empty-texts", {"count": 2, "fields": "名称"}),
        ("export-blanks", {"count": 2, "fields": "备注, 名称"}),
    ]
    assert export_remarks(PLOTS, features, options=export_options("gpkg")) == []


@pytest.mark.parametrize("name", ["gpkg", "shp", "fgb", "parquet", "kml", "csv", "xlsx", "geojson"])
def test_values_that_become_texts_or_lose_characters_are_told(name: str) -> None:
    features = [
        Feature(
            "1", None, {"混": 1, "列": [1], "数": 1, "空": None, "字": "a\x01b", "行": "a\r\n\tb"}
        ),
        Feature("2", None, {"混": "1", "数": 1.5, "空": True, "字": "\x7f"}),
    ]
    told = {
        each.code: each.params
        for each in export_remarks(PLOTS, features, options=export_options(name))
    }
    assert told.get("export-as-text") == (None if name == "geojson" else {"fields": "混, 列"})
    wanted = {"count": 1, "fields": "字"} if name in ("kml", "xlsx") else None
    assert told.get("export-control") == wanted
