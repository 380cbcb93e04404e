"""Geometries of KML: rings, holes, parts, tracks; and what is no geometry."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from tests.format_files import kml, placemark
from tests.opened_sources import Read, read
from tests.zones.formats.test_kml_coordinates import RING, SQUARE, area

HOLE = "123.401,41.781 123.402,41.781 123.402,41.782 123.401,41.781"
OTHER = "123.403,41.783 123.4035,41.783 123.4035,41.7835 123.403,41.783"
POINT = "<Point><coordinates>123.402,41.782</coordinates></Point>"
LINE = f"<LineString><coordinates>{HOLE}</coordinates></LineString>"
POLYGON = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon>"
)
TRACK = (
    "<gx:Track><when>2026-01-01T00:00:00Z</when><when>2026-01-01T00:01:00Z</when>"
    "<gx:coord>123.4 41.78 5</gx:coord><gx:coord>123.41 41.78 6</gx:coord></gx:Track>"
)


def ring(coordinates: str) -> str:
    return f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"


def inner(*rings: str) -> str:
    return f"<innerBoundaryIs>{''.join(map(ring, rings))}</innerBoundaryIs>"


def thing(*geometries: str) -> str:
    return f"<Placemark><name>物</name>{''.join(geometries)}</Placemark>"


def multi(*geometries: str) -> str:
    return f"<MultiGeometry>{''.join(geometries)}</MultiGeometry>"


def read_one(folder: Path, content: str, **options: Any) -> Read:
    return read(folder, kml(content), "kml", **options)


def shape(found: Read) -> BaseGeometry:
    (row,) = found.rows
    return shapely.from_wkb(row["wkb"])


@pytest.mark.parametrize(
    "holes",
    [(inner(HOLE, OTHER),), (inner(HOLE), inner(OTHER)), (inner(HOLE), inner(""), inner(OTHER))],
)
def test_every_inner_ring_is_a_hole(tmp_path: Path, holes: tuple[str, ...]) -> None:
    found = read_one(tmp_path, area(RING, *holes))
    assert len(list(shape(found).interiors)) == 2
    assert ("kml-parts-empty" in found.codes) == (len(holes) == 3)


def test_a_ring_is_a_closed_line(tmp_path: Path) -> None:
    found = read_one(tmp_path, thing(ring(RING)))
    assert shape(found).geom_type == "LineString"
    assert shape(found).is_closed
    assert found.findings.geometry.types == {"LineString": 1}


def test_a_ring_is_an_area_where_only_areas_may_be(tmp_path: Path) -> None:
    found = read_one(tmp_path, thing(ring(RING)), kinds=["polygon"])
    assert shape(found).equals(SQUARE)
    assert found.codes == ["lines-as-areas"]


def test_an_open_ring_is_closed_and_told(tmp_path: Path) -> None:
    found = read_one(tmp_path, area(RING.rpartition(" ")[0]))
    assert shape(found).equals(SQUARE)
    assert found.codes == ["rings-closed"]


@pytest.mark.parametrize(
    ("content", "kinds", "kept"),
    [
        (multi(POINT, POLYGON), ["polygon"], "Polygon"),
        (multi(POLYGON, POINT, LINE), ["polygon"], "Polygon"),
        (multi(multi(POLYGON), POINT), ["polygon"], "Polygon"),
        (multi(POINT, LINE), ["line"], "LineString"),
        (POINT + POLYGON, ["polygon", "line"], "Polygon"),
    ],
)
def test_a_label_beside_the_thing_is_left_out_and_told(
    tmp_path: Path, content: str, kinds: list[str], kept: str
) -> None:
    found = read_one(tmp_path, thing(content), kinds=kinds)
    assert shape(found).geom_type == kept
    assert found.codes == ["kml-parts-left-out"]


@pytest.mark.parametrize("kinds", [["point"], ["line"]])
def test_an_area_is_never_made_of_its_label(tmp_path: Path, kinds: list[str]) -> None:
    found = read_one(tmp_path, thing(multi(POINT, POLYGON)), kinds=kinds)
    assert (found.errors, found.codes) == (1, ["geometry-kind"])


def test_where_anything_may_be_all_parts_are_kept(tmp_path: Path) -> None:
    found = read_one(tmp_path, thing(multi(POINT, POLYGON)))
    assert shape(found).geom_type == "GeometryCollection"
    assert found.codes == []


def test_parts_of_one_kind_are_one_geometry(tmp_path: Path) -> None:
    further = POLYGON.replace("41.78", "41.79")
    assert shape(read_one(tmp_path, thing(multi(POINT, POINT)))).geom_type == "MultiPoint"
    assert shape(read_one(tmp_path, thing(POLYGON, further))).geom_type == "MultiPolygon"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<Point><coordinates>1,2 3,4</coordinates></Point>", "reason-kml-points"),
        ("<LineString><coordinates>1,2</coordinates></LineString>", "line-too-short"),
        (ring("1,2 3,4"), "reason-kml-ring"),
        (POLYGON.replace("</LinearRing>", f"</LinearRing>{ring(HOLE)}"), "reason-kml-outlines"),
        (f"<Polygon>{inner(HOLE)}</Polygon>", "reason-kml-no-outline"),
        (POINT.replace("</Point>", "<coordinates/></Point>"), "reason-kml-coordinates-twice"),
    ],
)
def test_what_cannot_be_built_is_told_with_its_reason(
    tmp_path: Path, content: str, reason: str
) -> None:
    found = read_one(tmp_path, thing(content))
    (problem,) = found.problems
    assert (problem.code, problem.params) == ("kml-geometry", {"name": "物", "reason": reason})


def test_a_track_is_a_line_without_its_times(tmp_path: Path) -> None:
    found = read_one(tmp_path, thing(TRACK))
    assert shape(found) == shapely.LineString([(123.4, 41.78), (123.41, 41.78)])
    assert found.codes == ["kml-track-times", "heights-dropped"]
    tracks = f"<gx:MultiTrack>{TRACK}{TRACK}</gx:MultiTrack>"
    assert shape(read_one(tmp_path, thing(tracks))).geom_type == "MultiLineString"


def test_what_is_no_feature_is_counted_by_kind(tmp_path: Path) -> None:
    found = read_one(
        tmp_path,
        "<GroundOverlay><LatLonBox/></GroundOverlay><ScreenOverlay/><ScreenOverlay/><gx:Tour/>"
        "<NetworkLink><Link><href>b.kml</href></Link></NetworkLink>"
        + thing("<Model><Location/></Model>")
        + placemark("a"),
    )
    told = {problem.code: problem.params for problem in found.problems[:2]}
    assert told == {
        "kml-links": {"count": 1, "link": "b.kml"},
        "kml-not-read": {"kinds": "ScreenOverlay × 2, GroundOverlay × 1, Tour × 1"},
    }
    assert {"kinds": "Model × 1"} in [problem.params for problem in found.problems]
    assert len(found.rows) == 2
