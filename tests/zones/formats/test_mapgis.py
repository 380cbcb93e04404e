"""MapGIS 6.x files: geometry by the file's scale, attributes to the character, the system asked."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.mapgis_files import mapgis, with_map_head
from tests.opened_sources import Read, read
from zones.crs.transform import to_plane
from zones.errors import SourceError
from zones.formats.supported_formats import recognise

AREA = shapely.box(533000, 4626800, 533200, 4626950) - shapely.box(533060, 4626850, 533100, 4626880)
OTHER = shapely.box(533200, 4626800, 533320, 4626950)


DISTRICT = shapely.box(123.35, 41.72, 123.45, 41.82).wkb_hex


def read_map(folder: Path, content: bytes, **request: Any) -> Read:
    return read(folder, content, "mapgis", **request)


def shapes_of(found: Read) -> list[BaseGeometry]:
    stored = [shapely.from_wkb(row["wkb"]) for row in found.rows]
    return list(to_plane(stored))


@pytest.mark.parametrize(
    "shapes",
    [
        [AREA, OTHER],
        [shapely.Point(533000.25, 4626800.5)],
        [shapely.LineString([(533000, 4626800), (533100, 4626900), (533200, 4626800)])],
    ],
)
@pytest.mark.parametrize("scale", [500, 10_000])
def test_shapes_come_back_in_metres_whatever_the_scale(
    tmp_path: Path, shapes: list[BaseGeometry], scale: float
) -> None:
    names = ["甲", "乙"][: len(shapes)]
    content = mapgis(shapes, {"名称": names, "DLBM": ["0701"] * len(names)}, scale=scale)
    found = read_map(tmp_path, content, crs="EPSG:4550")
    assert [row["properties"]["名称"] for row in found.rows] == names
    assert {row["properties"]["DLBM"] for row in found.rows} == {"0701"}
    for told, meant in zip(shapes_of(found), shapes, strict=True):
        assert told.hausdorff_distance(meant) < 1e-3
    (note,) = [each for each in found.problems if each.code == "mapgis-scale"]
    assert note.params == {"scale": f"{scale:g}"}


def test_the_system_is_asked_for_with_the_likely_one_first(tmp_path: Path) -> None:
    question = read_map(tmp_path, mapgis([AREA], {"名称": ["甲"]})).question
    assert question is not None
    assert question.candidates[0].options == {"crs": "EPSG:4550"}


@pytest.mark.parametrize("ellipsoid", [7, 0])
@pytest.mark.parametrize("scale", [500, 2000])
def test_a_scale_that_the_file_lacks_is_asked_for(
    tmp_path: Path, ellipsoid: int, scale: float
) -> None:
    content = with_map_head(
        mapgis([AREA], {"名称": ["甲"]}, scale=scale), scale=0.0, ellipsoid=ellipsoid
    )
    question = read_map(tmp_path, content, outline=DISTRICT).question
    assert question is not None
    assert question.code == "ask-map-scale"
    first = question.candidates[0]
    assert first.options == {"map_scale": f"{scale:g}", "crs": "EPSG:4550"}
    found = read_map(tmp_path, content, crs="EPSG:4550", map_scale=scale)
    (area,) = shapes_of(found)
    assert area.hausdorff_distance(AREA) < 1e-3
    assert "mapgis-scale-chosen" in found.codes


def test_without_a_district_every_scale_that_gives_believable_metres_is_offered(
    tmp_path: Path,
) -> None:
    content = with_map_head(mapgis([AREA], {"名称": ["甲"]}, scale=500), scale=0.0)
    question = read_map(tmp_path, content, crs="EPSG:4550").question
    assert question is not None
    assert question.undecided
    assert {"map_scale": "500", "crs": "EPSG:4550"} in [one.options for one in question.candidates]


def test_a_scale_in_the_file_is_doubted_where_only_another_one_reaches_the_district(
    tmp_path: Path,
) -> None:
    content = with_map_head(mapgis([AREA], {"名称": ["甲"]}, scale=500), scale=1.0)
    question = read_map(tmp_path, content, outline=DISTRICT).question
    assert question is not None
    assert question.code == "ask-map-scale-denied"
    assert question.candidates[0].options == {"map_scale": "500", "crs": "EPSG:4550"}
    found = read_map(tmp_path, content, outline=DISTRICT, crs="EPSG:4550", map_scale=500.0)
    assert shapes_of(found)[0].hausdorff_distance(AREA) < 1e-3


def test_degrees_are_no_millimetres(tmp_path: Path) -> None:
    place = shapely.Point(123.405, 41.785)
    content = with_map_head(
        mapgis([place], {"名称": ["甲"]}, scale=1000), scale=500.0, projection=0
    )
    found = read_map(tmp_path, content, crs="EPSG:4490")
    assert shapely.from_wkb(found.rows[0]["wkb"]).distance(place) < 1e-9
    assert "mapgis-degrees" in found.codes


def test_it_is_known_by_how_it_begins() -> None:
    assert recognise("a.dat", mapgis([AREA], {"名称": ["甲"]})[:100]).name == "mapgis"


@pytest.mark.parametrize("length", [8, 100, 400, 700])
def test_a_file_that_is_cut_off_is_refused_in_words(tmp_path: Path, length: int) -> None:
    content = mapgis([AREA], {"名称": ["甲"]})
    with pytest.raises(SourceError) as caught:
        read_map(tmp_path, content[:length], crs="EPSG:4550")
    assert caught.value.code in ("mapgis-unreadable", "mapgis-counts")


@pytest.mark.parametrize("length", [-5, 2**31 - 1])
def test_a_section_longer_than_the_file_is_refused(tmp_path: Path, length: int) -> None:
    content = bytearray(mapgis([AREA], {"名称": ["甲"]}))
    table = int.from_bytes(content[12:16], "little")
    content[table + 4 : table + 8] = length.to_bytes(4, "little", signed=True)
    with pytest.raises(SourceError) as caught:
        read_map(tmp_path, bytes(content))
    assert caught.value.code == "mapgis-unreadable"


def test_rows_without_width_are_refused_before_they_are_gone_through(tmp_path: Path) -> None:
    content = bytearray(mapgis([AREA], {"名称": ["甲"]}))
    table = int.from_bytes(content[12:16], "little")
    attributes = int.from_bytes(content[table + 90 : table + 94], "little")
    content[attributes + 324 : attributes + 330] = (10**6).to_bytes(4, "little") + b"\0\0"
    with pytest.raises(SourceError) as caught:
        read_map(tmp_path, bytes(content))
    assert caught.value.code == "mapgis-unreadable"
