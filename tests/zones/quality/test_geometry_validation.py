import struct
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from zones.crs.reference_systems import CRS
from zones.crs.source_crs import source_crs_from_epsg
from zones.messages import say
from zones.model import BBox, Problem
from zones.quality.geometry_validation import Checked, GeometryRules, check_geometries

NEAR = BBox(123.0, 41.5, 123.8, 42.1)
BOW_TIE = "POLYGON((123.40 41.70, 123.42 41.72, 123.42 41.70, 123.40 41.72, 123.40 41.70))"


def checked(*geometries: BaseGeometry | str | None, **rules: Any) -> Checked:
    shapes = [
        shapely.from_wkt(geometry) if isinstance(geometry, str) else geometry
        for geometry in geometries
    ]
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    numbers = np.arange(1, len(shapes) + 1)
    return check_geometries(array, numbers, rules=GeometryRules(**{"crs": CRS.CRS84, **rules}))


def only_problem(found: Checked) -> Problem:
    assert len(found.problems) == 1
    problem = found.problems[0]
    assert say(problem.code, "zh", **problem.params).message
    assert say(problem.code, "en", **problem.params).message
    return problem


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_coordinates_that_are_not_finite_are_refused(bad: float) -> None:
    line = struct.pack("<BII4d", 1, 2, 2, 123.4, 41.7, bad, 41.8)
    with np.errstate(invalid="ignore"):
        found = checked("POINT(123.4 41.7)", shapely.from_wkb(line))
    problem = only_problem(found)
    assert (problem.feature, problem.code) == (2, "coordinate-not-finite")
    assert found.geometries[0] is not None
    assert found.geometries[1] is None


def test_swapped_longitude_and_latitude_are_told_with_the_right_order() -> None:
    problem = only_problem(checked("POINT(41.7 123.4)"))
    assert problem.code == "coordinate-swapped"
    assert "lon=123.4, lat=41.7" in say(problem.code, "en", **problem.params).hint


def test_metres_where_degrees_were_said_are_told_with_the_likely_system() -> None:
    problem = only_problem(checked("POINT(533000 4625000)"))
    assert "EPSG:4550" in say(problem.code, "en", **problem.params).hint


def test_an_easting_with_the_zone_in_front_is_told_as_such() -> None:
    problem = only_problem(checked("POINT(41533000 4625000)", crs=CRS.EPSG_4550))
    assert problem.params["suggest"] == "EPSG:4529"


def test_northing_before_easting_is_told_as_such() -> None:
    problem = only_problem(checked("POINT(4625000 533000)", crs=CRS.EPSG_4550))
    assert problem.code == "coordinate-axes-swapped"


def test_swapped_axes_in_a_system_not_of_our_list_are_told_by_where_they_lead() -> None:
    utm = source_crs_from_epsg(32651)
    found = checked("POINT(4625000 533000)", "POINT(533000 4625000)", crs=utm, extent=NEAR)
    assert only_problem(found).code == "coordinate-axes-swapped"
    assert found.geometries[1] is not None


def test_what_no_transformation_reaches_is_refused() -> None:
    found = checked("POINT(1e12 1e12)", crs=source_crs_from_epsg(32651))
    assert only_problem(found).code == "coordinate-untransformable"


def test_the_cheap_tests_come_first() -> None:
    out_of_range_and_crossing = "POLYGON((500 0, 502 2, 502 0, 500 2, 500 0))"
    assert only_problem(checked(out_of_range_and_crossing)).code == "coordinate-out-of-range"
    many = shapely.Point(123.4, 41.7).buffer(0.01, quad_segs=30)
    assert only_problem(checked(many, max_vertices_per_feature=100)).code == "too-many-vertices"


def test_a_ring_that_crosses_itself_is_told_with_the_place() -> None:
    problem = only_problem(checked("POINT(123.4 41.7)", BOW_TIE))
    assert (problem.feature, problem.code) == (2, "invalid-self-intersection")
    assert (problem.lon, problem.lat) == pytest.approx((123.41, 41.71))
    assert "自相交" in str(say(problem.code, "zh"))


def test_the_place_is_in_degrees_also_for_metres() -> None:
    metres = (
        "POLYGON((533000 4625000, 534000 4626000, 534000 4625000, 533000 4626000, 533000 4625000))"
    )
    problem = only_problem(checked(metres, crs=CRS.EPSG_4550))
    assert (problem.lon, problem.lat) == pytest.approx((123.40, 41.76), abs=0.01)


@pytest.mark.parametrize(
    ("wkt", "code"),
    [
        ("POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (5 5, 6 5, 6 6, 5 5))", "invalid-hole-outside"),
        (
            "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1),(2 2,3 2,3 3,2 2))",
            "invalid-holes-nested",
        ),
        (
            "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((1 1,2 1,2 2,1 1)))",
            "invalid-shells-nested",
        ),
        ("POLYGON((0 0,4 0,4 4,2 2,0 4,0 0),(0 2,1 1,0 2,0 2))", None),
        ("POLYGON((0 0, 1 1, 0 0, 0 0))", "invalid-too-few-points"),
        ("LINESTRING(1 1, 1 1)", "invalid-too-few-points"),
    ],
)
def test_each_kind_of_invalidity_has_its_own_words(wkt: str, code: str | None) -> None:
    problem = only_problem(checked(wkt))
    assert problem.code == code or (code is None and problem.severity == "error")


def test_repair_is_done_only_when_asked_and_its_change_of_area_is_told() -> None:
    found = checked(BOW_TIE, repair=True)
    problem = only_problem(found)
    assert (problem.code, problem.severity) == ("geometry-repaired", "warning")
    assert problem.params["reason"] == "invalid-self-intersection"
    assert problem.params["before_m2"] == pytest.approx(0, abs=2000)
    # Two triangles of 0.02 by 0.01 degrees: 1.66 km by 1.11 km, halved, twice.
    assert problem.params["after_m2"] == pytest.approx(1_847_000, rel=0.01)
    assert found.repaired == 1
    assert shapely.is_valid(found.geometries[0])


def test_what_repair_leaves_nothing_of_is_refused() -> None:
    assert only_problem(checked("POLYGON((0 0, 1 1, 0 0, 0 0))", repair=True)).code == (
        "geometry-collapsed"
    )


def test_only_the_kinds_of_the_collection_are_taken() -> None:
    shapes = (
        "POINT(1 1)",
        "MULTIPOINT(1 1, 2 2)",
        "LINESTRING(0 0, 1 1)",
        "POLYGON((0 0,1 0,1 1,0 0))",
    )
    found = checked(*shapes, "GEOMETRYCOLLECTION(POINT(1 1))", kinds=frozenset({"point"}))
    assert [problem.feature for problem in found.problems] == [3, 4, 5]
    assert {problem.code for problem in found.problems} == {"geometry-kind"}
    assert checked(*shapes).problems == ()


def test_no_geometry_is_taken_and_an_empty_one_is_not() -> None:
    found = checked(None, "POLYGON EMPTY")
    assert (only_problem(found).feature, found.problems[0].code) == (2, "geometry-empty")


def test_what_lies_far_away_is_marked_and_kept() -> None:
    found = checked("POINT(116.4 39.9)", "POINT(123.4 41.8)", None, extent=NEAR)
    assert found.far.tolist() == [True, False, False]
    assert found.problems == ()


def test_every_feature_is_told_of_not_just_the_first() -> None:
    found = checked("POINT(200 0)", BOW_TIE, "POINT(0 100)", "POINT EMPTY")
    assert sorted(problem.feature or 0 for problem in found.problems) == [1, 2, 3, 4]


def test_geometries_come_out_flat_in_degrees_and_with_shells_counter_clockwise() -> None:
    found = checked("POLYGON Z((123 41 5, 123 42 5, 124 42 5, 124 41 5, 123 41 5))")
    assert not shapely.has_z(found.geometries[0])
    assert found.geometries[0].exterior.is_ccw


def test_large_features_are_announced_before_they_are_tested() -> None:
    named: list[int] = []
    large = shapely.Point(123.4, 41.7).buffer(0.01, quad_segs=5000)
    array = np.array([shapely.Point(1, 1), large], dtype=object)
    rules = GeometryRules(crs=CRS.CRS84)
    check_geometries(array, np.array([7, 8]), rules=rules, about_to_check=named.append)
    assert named == [8]


@pytest.mark.parametrize(
    ("given", "stored", "crs"),
    [
        ((180.00000000000006, 41.8), (180.0, 41.8), CRS.CRS84),
        ((-180.00000000000003, -90.00000000000001), (-180.0, -90.0), CRS.EPSG_4490),
        ((123.4, 90.0000000005), (123.4, 90.0), CRS.EPSG_4326),
        ((180.00000000000006, 41.8), (180.0, 41.8), CRS.GCJ02),
        ((20037508.342789248, 0.0), (180.0, 0.0), CRS.EPSG_3857),
        ((20037508.3428, 0.0), (180.0, 0.0), CRS.EPSG_3857),
        ((-20037508.35, 0.0), (-180.0, 0.0), CRS.EPSG_3857),
    ],
)
def test_what_rounding_puts_beyond_the_edge_of_the_world_is_on_it(
    given: tuple[float, float], stored: tuple[float, float], crs: CRS
) -> None:
    found = checked(shapely.Point(given), crs=crs)
    assert found.problems == ()
    assert found.geometries[0].coords[0] == pytest.approx(stored, abs=1e-12)
    assert (np.abs(found.geometries[0].coords[0]) <= (180, 90)).all()


def test_a_map_of_the_world_in_web_mercator_keeps_its_sides() -> None:
    world = shapely.box(10_000_000.0, 1000.0, 20037508.3428, 10_000_000.0)
    (stored,) = checked(world, crs=CRS.EPSG_3857).geometries
    assert stored.bounds[::2] == pytest.approx((89.83, 180.0), abs=0.01)


def test_what_is_beyond_the_edge_by_more_than_rounding_is_refused() -> None:
    for place in ((180.00000001, 41.8), (123.4, 90.00000001)):
        assert [p.code for p in checked(shapely.Point(place)).problems] == [
            "coordinate-out-of-range"
        ]
