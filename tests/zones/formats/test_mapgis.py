"""MapGIS 6.x files: geometry by the file's scale, attributes to the character, the system asked."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.mapgis_files import mapgis
from tests.opened_sources import Read, read
from zones.crs.transform import to_plane
from zones.errors import SourceError
from zones.formats.suffixes import recognise

AREA = shapely.box(533000, 4626800, 533200, 4626950) - shapely.box(533060, 4626850, 533100, 4626880)
OTHER = shapely.box(533200, 4626800, 533320, 4626950)


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


def test_it_is_known_by_how_it_begins() -> None:
    assert recognise("a.dat", mapgis([AREA], {"名称": ["甲"]})[:100]).name == "mapgis"


@pytest.mark.parametrize("length", [8, 100, 400, 700])
def test_a_file_that_is_cut_off_is_refused_in_words(tmp_path: Path, length: int) -> None:
    content = mapgis([AREA], {"名称": ["甲"]})
    with pytest.raises(SourceError) as caught:
        read_map(tmp_path, content[:length], crs="EPSG:4550")
    assert caught.value.code in ("mapgis-unreadable", "mapgis-counts")
