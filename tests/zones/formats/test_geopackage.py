import struct
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.format_files import Layer, boxes, geopackage, with_sql
from tests.opened_sources import read
from zones.errors import SourceError

LONG = 210102001001000001
PLOTS: Layer = (boxes(3), {"名称": ["北市场", "南市场", None], "code": [LONG, None, 3]})
CURVE = struct.pack("<BII6d", 1, 8, 3, 123.40, 41.78, 123.41, 41.79, 123.42, 41.78)
INSERT = 'INSERT INTO "plots" (geom, "名称") VALUES (?, ?)'


def head(flags: int = 0x01) -> bytes:
    return b"GP\x00" + bytes([flags]) + struct.pack("<i", 4490)


@pytest.fixture(scope="module")
def plots() -> bytes:
    return geopackage({"plots": PLOTS})


def code_of(folder: Path, content: bytes, **choice: Any) -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, content, "gpkg", **choice)
    return caught.value.code


def test_rows_are_exact_and_in_order(tmp_path: Path, plots: bytes) -> None:
    found = read(tmp_path, plots, "gpkg")
    assert [row["properties"] for row in found.rows] == [
        {"名称": "北市场", "code": LONG},
        {"名称": "南市场", "code": None},
        {"名称": None, "code": 3},
    ]
    shapes = [shapely.from_wkb(row["wkb"]) for row in found.rows]
    assert all(one.equals(other) for one, other in zip(shapes, boxes(3), strict=True))
    assert (found.findings.crs.key, found.findings.crs.basis) == ("EPSG:4490", "file")
    assert found.codes == []


def test_of_several_layers_one_must_be_named_and_each_has_its_crs(tmp_path: Path) -> None:
    first = geopackage({"plots": PLOTS, "spots": ([shapely.Point(123.4, 41.7)], {"n": [1]})})
    both = with_sql(
        first,
        "UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'spots'",
        "UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'spots'",
    )
    asked = read(tmp_path, both, "gpkg").question
    assert asked is not None
    assert [one.options for one in asked.candidates] == [{"layer": "plots"}, {"layer": "spots"}]
    assert asked.candidates[0].reasons[0].params["features"] == 3
    assert code_of(tmp_path, both, layer="nothing") == "layer-unknown"
    found = read(tmp_path, both, "gpkg", layer="SPOTS").findings
    assert (found.layer, found.layers) == ("spots", ("plots", "spots"))
    assert (found.crs.key, found.features) == ("EPSG:4326", 1)


def test_curves_are_straightened_with_a_note(tmp_path: Path, plots: bytes) -> None:
    found = read(tmp_path, with_sql(plots, rows=[(INSERT, (head() + CURVE, "弧"))]), "gpkg")
    assert [(p.code, p.feature) for p in found.problems] == [("curves-straightened", 4)]
    arc = shapely.from_wkb(found.rows[3]["wkb"])
    assert arc.geom_type == "LineString"
    assert shapely.get_num_coordinates(arc) > 20


def test_rows_that_the_package_does_not_count_are_read(tmp_path: Path, plots: bytes) -> None:
    more = with_sql(plots, rows=[(INSERT, (head() + shapely.to_wkb(boxes(1)[0]), "新"))] * 5)
    assert len(read(tmp_path, more, "gpkg").rows) == 8


@pytest.mark.parametrize(
    ("blob", "code"),
    [
        (b"no geometry", "geometry-broken"),
        (head() + b"\x01\x03\x00\x00\x00\xff\xff\xff\xff", "geometry-broken"),
        (head(0x0F) + CURVE, "geometry-broken"),
        (head(0x11), "geometry-empty"),
    ],
)
def test_a_damaged_geometry_is_told_with_its_feature(
    tmp_path: Path, plots: bytes, blob: bytes, code: str
) -> None:
    found = read(tmp_path, with_sql(plots, rows=[(INSERT, (blob, ""))]), "gpkg")
    assert [(p.code, p.feature) for p in found.problems] == [(code, 4)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("CREATE VIEW v AS SELECT 1", "gpkg-table"),
        ("CREATE VIRTUAL TABLE f USING fts5(t)", "gpkg-table"),
        ('ALTER TABLE plots ADD COLUMN g AS (hex("名称"))', "gpkg-table"),
        ("UPDATE gpkg_geometry_columns SET column_name = 'nothing'", "gpkg-table"),
        ("DROP TABLE gpkg_geometry_columns", "gpkg-not-one"),
        ("UPDATE gpkg_contents SET data_type = 'tiles'", "no-layers"),
    ],
)
def test_what_a_package_of_features_never_needs_is_refused(
    tmp_path: Path, plots: bytes, statement: str, code: str
) -> None:
    assert code_of(tmp_path, with_sql(plots, statement)) == code


def test_a_damaged_or_foreign_file_is_refused(tmp_path: Path, plots: bytes) -> None:
    page = len(plots) // 2 // 4096 * 4096
    assert code_of(tmp_path, b"PK\3\4" + plots[4:]) == "gpkg-not-one"
    assert code_of(tmp_path, plots[: len(plots) // 3]) == "gpkg-damaged"
    assert code_of(tmp_path, plots[:8192] + b"\xff" * page + plots[8192 + page :]) == "gpkg-damaged"


def test_a_package_that_was_copied_while_open_is_warned_of(tmp_path: Path, plots: bytes) -> None:
    copied = plots[:18] + b"\2\2" + plots[20:]
    found = read(tmp_path, copied, "gpkg")
    assert found.codes == ["gpkg-write-ahead"]
    assert len(found.rows) == 3


def test_triggers_and_text_in_another_encoding_do_no_harm(tmp_path: Path, plots: bytes) -> None:
    wrong = with_sql(plots, "UPDATE plots SET \"名称\" = CAST(X'B1B1CAD0' AS TEXT) WHERE fid = 1")
    assert code_of(tmp_path, wrong) == "text-encoding"


@pytest.mark.parametrize(
    ("kind", "sound", "odd"),
    [
        ("BOOLEAN", {1: True, 0: False}, {5: 5, -1: -1, "是": "是", 0.5: 0.5}),
        ("MEDIUMINT", {LONG: LONG}, {"甲": "甲", 2.5: 2.5}),
        ("DOUBLE", {1.5: 1.5, 2: 2.0}, {"1,5": "1,5"}),
        ("DATE", {"2024-02-29": "2024-02-29"}, {"2023-02-29": "2023-02-29", 20240229: 20240229}),
        ("DATETIME", {"1899-01-12T08:00:00Z": "1899-01-12T08:00:00Z"}, {"昨天": "昨天"}),
        ("TEXT(2)", {"长长长": "长长长", "": ""}, {}),
    ],
    ids=["boolean", "whole", "number", "day", "instant", "text"],
)
def test_values_of_another_kind_than_their_column_are_kept_and_told(
    tmp_path: Path, plots: bytes, kind: str, sound: dict[Any, Any], odd: dict[Any, Any]
) -> None:
    inserts = [(INSERT.replace("名称", "v"), (None, value)) for value in [*sound, *odd]]
    added = with_sql(plots, f'ALTER TABLE "plots" ADD COLUMN "v" {kind}', rows=inserts)
    found = read(tmp_path, added, "gpkg")
    stored = [row["properties"]["v"] for row in found.rows[3:]]
    assert [*map(repr, stored)] == [*map(repr, [*sound.values(), *odd.values()])]
    told = [each for each in found.problems if each.code == "gpkg-value-odd"]
    assert [(each.field, each.params["count"], each.feature) for each in told] == (
        [("v", len(odd), 4 + len(sound))] if odd else []
    )
