"""Several layers of one file taken in one import: of a GeoPackage, a geodatabase, a zip."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from tests.format_files import Layer, boxes, dxf, geopackage, with_sql
from tests.opened_sources import Read, read
from tests.source_files import point, polygon, shapefile, square, zip_of
from zones.errors import SourceError

PLOTS: Layer = (boxes(2), {"名称": ["北市场", None], "code": [7, 8]})
SPOTS: Layer = ([shapely.Point(123.405, 41.785)], {"名称": ["站"], "layer": ["旧"]})


def two_shapefiles(*, prj: str | None = "") -> bytes:
    """Return a zip with two shapefiles, the second without a system of its own if so said."""
    one = shapefile([polygon(square(0)), polygon(square(1))])
    two = shapefile([point(123.405, 41.785)], fields=(("name", "C", 9), ("n", "N", 4)))
    if prj is None:
        del two[".prj"]
    members = {f"地块{suffix}": content for suffix, content in one.items()}
    return zip_of({**members, **{f"站点{suffix}": content for suffix, content in two.items()}})


def layers_of(found: Read) -> list[Any]:
    return [(row["source"], row["properties"]["layer"]) for row in found.rows]


def test_layers_of_a_zip_are_numbered_on_and_keep_their_names(tmp_path: Path) -> None:
    found = read(tmp_path, two_shapefiles(), "shapefile", layer=["站点", "地块"])
    assert layers_of(found) == [(1, "地块"), (2, "地块"), (3, "站点")]
    assert found.rows[2]["properties"] == {"name": "n0", "n": 0, "layer": "站点"}
    assert (found.findings.layer, found.findings.features) == ("地块, 站点", 3)
    assert found.findings.geometry.types == {"Polygon": 2, "Point": 1}


def geodatabase(folder: Path, layers: dict[str, Layer]) -> bytes:
    """Return a zip of a file geodatabase with these layers, as GDAL writes it."""
    path = folder / "plan.gdb"
    for name, (geometries, columns) in layers.items():
        pyogrio.raw.write(
            path,
            np.array(shapely.to_wkb(geometries)),
            [np.array(values, dtype=object) for values in columns.values()],
            list(columns),
            geometry_type=shapely.get_parts(geometries)[0].geom_type,
            crs="EPSG:4490",
            driver="OpenFileGDB",
            layer=name,
            append=path.exists(),
        )
    return zip_of({f"plan.gdb/{part.name}": part.read_bytes() for part in path.iterdir()})


def test_layers_of_a_geopackage_are_taken_with_all_their_fields(tmp_path: Path) -> None:
    content = geopackage({"plots": PLOTS, "spots": SPOTS})
    asked = read(tmp_path, content, "gpkg").question
    assert asked is not None
    assert {one.options["layer"]: one.samples for one in asked.candidates} == {
        "plots": ("北市场",),
        "spots": ("站",),
    }
    found = read(tmp_path, content, "gpkg", layer="*")
    assert [row["properties"] for row in found.rows] == [
        {"名称": "北市场", "code": 7, "source_layer": "plots"},
        {"名称": None, "code": 8, "source_layer": "plots"},
        {"名称": "站", "layer": "旧", "source_layer": "spots"},
    ]


def test_layers_of_a_geodatabase_are_taken_as_well(tmp_path: Path) -> None:
    one: Layer = (boxes(2), {"名称": ["北市场", "南市场"]})
    two: Layer = (SPOTS[0], {"名称": ["站"]})
    content = geodatabase(tmp_path, {"plots": one, "spots": two})
    found = read(tmp_path, content, "filegdb", layer=["spots", "plots"])
    assert layers_of(found) == [(1, "plots"), (2, "plots"), (3, "spots")]


def test_layers_of_a_drawing_are_taken_together(tmp_path: Path) -> None:
    def at(layer: str, x: int) -> list[object]:
        return [0, "POINT", 8, layer, 10, 533000 + x, 20, 4626800]

    content = dxf(at("甲", 1), at("乙", 2), at("丙", 3))
    found = read(tmp_path, content, "dxf", crs="EPSG:4550", layer=["甲", "丙"])
    assert [row["properties"]["Layer"] for row in found.rows] == ["甲", "丙"]
    assert len(read(tmp_path, content, "dxf", crs="EPSG:4550", layer="*").rows) == 3


def test_layers_in_different_systems_are_refused_with_each_named(tmp_path: Path) -> None:
    both = with_sql(
        geopackage({"plots": PLOTS, "spots": SPOTS}),
        "UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'spots'",
        "UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'spots'",
    )
    with pytest.raises(SourceError) as caught:
        read(tmp_path, both, "gpkg", layer="*")
    assert caught.value.code == "layers-crs-differ"
    assert caught.value.params["layers"] == "plots: EPSG:4490, spots: EPSG:4326"
    with pytest.raises(SourceError) as caught:
        read(tmp_path, two_shapefiles(prj=None), "shapefile", layer="*")
    assert caught.value.params["layers"] == "地块: EPSG:4490, 站点: —"


def test_a_system_named_by_the_person_is_that_of_all_layers(tmp_path: Path) -> None:
    found = read(tmp_path, two_shapefiles(prj=None), "shapefile", layer="*", crs="EPSG:4490")
    assert len(found.rows) == 3


def test_a_problem_has_the_number_that_its_feature_got(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(123.4, 41.7), (123.5, 41.8), (123.5, 41.7), (123.4, 41.8)])
    content = geopackage({"a": PLOTS, "b": ([bow_tie], {"n": [1]})})
    found = read(tmp_path, content, "gpkg", layer="*")
    assert [(each.code, each.feature) for each in found.problems if each.severity == "error"] == [
        ("invalid-self-intersection", 3)
    ]
