from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.opened_sources import Read, layer_of, read
from tests.udbx_files import spatialite, udbx
from zones.crs.reference_systems import CRS
from zones.crs.transform import geometry_to_storage
from zones.errors import SourceError
from zones.formats.supported_formats import recognise
from zones.formats.udbx.geometry import NoGeometry, wkb_of

PLOT = shapely.MultiPolygon(
    [
        shapely.Polygon(
            shapely.box(533000, 4626800, 533200, 4626950).exterior,
            [shapely.box(533060, 4626850, 533100, 4626880).exterior],
        )
    ]
)
ROWS = [(7, spatialite(PLOT), "地块一", 1, 28800.5), (9, None, None, None, None)]


def read_udbx(folder: Path, content: bytes, **request: Any) -> Read:
    return read(folder, content, "udbx", **request)


def test_a_dataset_comes_with_ids_values_and_system(tmp_path: Path) -> None:
    found = read_udbx(tmp_path, udbx(ROWS))
    assert (found.errors, found.findings.crs.key) == (0, "EPSG:4550")
    assert found.findings.layer == "地类图斑"
    assert [row["fid"] for row in found.rows] == ["7", "9"]
    assert [row["properties"] for row in found.rows] == [
        {"DKMC": "地块一", "SFYJ": True, "TBMJ": 28800.5},
        {"DKMC": None, "SFYJ": None, "TBMJ": None},
    ]
    placed = geometry_to_storage(np.array([PLOT]), CRS.EPSG_4550)[0]
    assert shapely.hausdorff_distance(shapely.from_wkb(found.rows[0]["wkb"]), placed) < 1e-9


def test_captions_become_titles(tmp_path: Path) -> None:
    layer = layer_of(tmp_path, udbx(ROWS), "udbx")
    assert {name: told.title for name, told in layer.fields.items()} == {
        "DKMC": "地块名称",
        "SFYJ": "是否永久",
        "TBMJ": "图斑面积",
    }


def test_datasets_without_a_place_are_told(tmp_path: Path) -> None:
    more = "INSERT INTO SmRegister VALUES (2, '注记', 'zj', 7, 0), (3, '图', 'cad', 149, 0)"
    found = read_udbx(tmp_path, udbx(ROWS, more))
    told = {problem.code: problem.params for problem in found.problems}
    assert told["udbx-not-read"] == {"kinds": "text × 1, CAD × 1"}


def test_several_datasets_are_offered_and_may_be_named_by_table(tmp_path: Path) -> None:
    more = (
        "CREATE TABLE zd (SmID INTEGER PRIMARY KEY, SmGeometry BLOB, MC TEXT);"
        "INSERT INTO SmRegister VALUES (2, '站点', 'zd', 1, 4550);"
        "INSERT INTO geometry_columns VALUES ('zd', 'SmGeometry', 1, 2, 4550)"
    )
    asked = read_udbx(tmp_path, udbx(ROWS, more)).question
    assert asked is not None
    assert {each.options["layer"] for each in asked.candidates} == {"地类图斑", "站点"}
    assert read_udbx(tmp_path, udbx(ROWS, more), layer="zd").findings.layer == "站点"


def test_a_system_that_is_not_named_is_asked_about(tmp_path: Path) -> None:
    without = udbx(ROWS, "UPDATE geometry_columns SET srid = 0")
    question = read_udbx(tmp_path, without).question
    assert question is not None
    assert question.topic == "crs"


def test_bytes_that_are_no_geometry_are_told_by_feature(tmp_path: Path) -> None:
    found = read_udbx(tmp_path, udbx([(1, spatialite(PLOT)[:-9], "甲", 0, 1.0)]))
    assert [(p.code, p.feature) for p in found.problems if p.severity == "error"] == [
        ("geometry-broken", 1)
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT random() AS x",
        "UPDATE SmRegister SET SmTableName = 'nothing'",
        "ALTER TABLE dltb RENAME COLUMN SmGeometry TO g",
    ],
)
def test_what_does_not_fit_its_register_is_refused(tmp_path: Path, sql: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_udbx(tmp_path, udbx(ROWS, sql))
    assert caught.value.code == "udbx-damaged"


def test_a_geopackage_is_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_udbx(tmp_path, udbx(ROWS, "DROP TABLE SmRegister"))
    assert caught.value.code == "udbx-not-one"


def test_it_is_known_by_its_register() -> None:
    assert recognise("成果.db", udbx(ROWS)[:65536]).name == "udbx"


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Geometry:
    number = st.floats(-1e7, 1e7, allow_nan=False)
    xy = draw(st.lists(st.tuples(number, number, number), min_size=4, max_size=9))
    flat = [(x, y) for x, y, _ in xy] if draw(st.booleans()) else xy
    line = shapely.LineString(flat)
    ring = shapely.Polygon([*flat, flat[0]])
    kinds = [shapely.Point(flat[0]), line, ring, shapely.MultiPoint(flat)]
    kinds += [shapely.MultiLineString([line, line]), shapely.MultiPolygon([ring, ring])]
    return draw(st.sampled_from(kinds))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(shapes())
def test_any_geometry_comes_back_as_it_was_written(geometry: shapely.Geometry) -> None:
    again = shapely.from_wkb(wkb_of(spatialite(geometry)))
    assert shapely.equals_exact(again, geometry, 0)
    assert again.has_z == geometry.has_z


@given(st.binary(max_size=80))
def test_any_bytes_are_a_geometry_or_none(tail: bytes) -> None:
    whole = spatialite(PLOT)
    for blob in (tail, whole[:39] + tail + b"\xfe"):
        try:
            wkb_of(blob)
        except NoGeometry:
            continue
