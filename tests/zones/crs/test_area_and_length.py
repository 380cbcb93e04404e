"""Areas and lengths against an independent geodesic, against the plane, and by hand."""

import json
import math
from typing import Any

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from tests.paths import SEED_DIR
from zones.crs.area_and_length import (
    Measurement,
    equal_areas_m2,
    geodesic_area_m2,
    geodesic_areas_m2,
    geodesic_length_m,
    geodesic_lengths_m,
    measure,
    measure_all,
    planar_area_m2,
    planar_areas_m2,
    planar_length_m,
    planar_lengths_m,
)
from zones.crs.transform import PLANE, geometry_to_storage

CGCS2000 = Geodesic(6378137.0, 1 / 298.257222101)
SEED_ZONES = SEED_DIR / "zones.geojson"

YARD = shapely.box(123.40, 41.70, 123.42, 41.72) - shapely.box(123.405, 41.705, 123.41, 41.71)
NEIGHBOUR = shapely.box(123.43, 41.70, 123.44, 41.71)
STREET = shapely.LineString([(123.40, 41.70), (123.41, 41.72), (123.45, 41.75)])

district_place = st.tuples(st.floats(123.30, 123.48), st.floats(41.64, 41.83))


def oracle_ring(ring: Any) -> tuple[float, float]:
    """Return area and length of a ring by geographiclib, the Python code of Karney himself."""
    polygon = CGCS2000.Polygon()
    for lon, lat in list(ring.coords)[:-1]:
        polygon.AddPoint(lat, lon)
    _, length_m, area_m2 = polygon.Compute()
    return abs(area_m2), length_m


def oracle_line_m(line: Any) -> float:
    steps = zip(line.coords, line.coords[1:], strict=False)
    return float(sum(CGCS2000.Inverse(a[1], a[0], b[1], b[0])["s12"] for a, b in steps))


@pytest.fixture(scope="module")
def seed_zones() -> np.ndarray:
    features = json.loads(SEED_ZONES.read_text(encoding="utf-8"))["features"]
    return np.array([shapely.geometry.shape(feature["geometry"]) for feature in features])


@given(st.lists(district_place, min_size=3, max_size=12, unique=True))
def test_area_and_perimeter_of_any_hull_agree_with_geographiclib(
    places: list[tuple[float, float]],
) -> None:
    hull = shapely.MultiPoint(places).convex_hull
    if hull.geom_type == "Polygon":
        area_m2, length_m = oracle_ring(hull.exterior)
        assert geodesic_area_m2(hull) == pytest.approx(area_m2, rel=1e-9, abs=0.01)
        assert geodesic_length_m(hull) == pytest.approx(length_m, rel=1e-12, abs=1e-6)


@given(st.lists(district_place, min_size=2, max_size=12))
def test_length_of_any_line_agrees_with_geographiclib(places: list[tuple[float, float]]) -> None:
    line = shapely.LineString(places)
    assert geodesic_length_m(line) == pytest.approx(oracle_line_m(line), rel=1e-12, abs=1e-6)


def test_seed_zones_agree_with_geographiclib(seed_zones: np.ndarray) -> None:
    assert len(seed_zones) == 6
    for zone, area_m2 in zip(seed_zones, geodesic_areas_m2(seed_zones), strict=True):
        rings = [ring for part in shapely.get_parts(zone) for ring in [part.exterior]]
        holes = [hole for part in shapely.get_parts(zone) for hole in part.interiors]
        expected = sum(oracle_ring(r)[0] for r in rings) - sum(oracle_ring(h)[0] for h in holes)
        assert area_m2 == pytest.approx(expected, rel=1e-10)


def test_plane_and_ellipsoid_agree_within_100_ppm_for_the_seed_zones(
    seed_zones: np.ndarray,
) -> None:
    ratio = planar_areas_m2(seed_zones) / geodesic_areas_m2(seed_zones)
    assert np.abs(ratio - 1).max() < 100e-6
    assert (ratio > 1).all()
    stretch = planar_lengths_m(seed_zones) / geodesic_lengths_m(seed_zones)
    assert np.abs(stretch - 1).max() < 50e-6


def test_plane_differs_from_the_ellipsoid_by_the_scale_of_gauss_krueger() -> None:
    # Scale on easting E: 1 + (E - 500 km)^2 / (2 R^2); twice that for areas.
    square = geometry_to_storage(shapely.box(540_000, 4_628_000, 540_100, 4_628_100), PLANE)
    enlarged = 2 * 40_050**2 / (2 * 6_377_000**2)
    assert planar_area_m2(square) == pytest.approx(10_000, abs=1e-3)
    assert planar_area_m2(square) / geodesic_area_m2(square) - 1 == pytest.approx(
        enlarged, rel=0.01
    )


def test_holes_are_taken_off_and_their_rings_added() -> None:
    whole, hole = (oracle_ring(ring) for ring in (YARD.exterior, YARD.interiors[0]))
    assert geodesic_area_m2(YARD) == pytest.approx(whole[0] - hole[0], rel=1e-10)
    assert geodesic_length_m(YARD) == pytest.approx(whole[1] + hole[1], rel=1e-12)


def test_parts_add_up_however_deeply_they_lie() -> None:
    multi = shapely.MultiPolygon([YARD, NEIGHBOUR])
    nested = shapely.GeometryCollection(
        [shapely.GeometryCollection([multi, shapely.Point(123.4, 41.7)]), STREET]
    )
    apart_m2 = geodesic_area_m2(YARD) + geodesic_area_m2(NEIGHBOUR)
    apart_m = sum(geodesic_length_m(part) for part in (YARD, NEIGHBOUR, STREET))
    assert geodesic_area_m2(multi) == pytest.approx(apart_m2, rel=1e-15)
    assert geodesic_area_m2(nested) == pytest.approx(apart_m2, rel=1e-15)
    assert geodesic_length_m(nested) == pytest.approx(apart_m, rel=1e-14)


def test_direction_of_rings_and_heights_do_not_matter() -> None:
    clockwise = shapely.Polygon(YARD.exterior.coords[::-1], [YARD.interiors[0].coords[::-1]])
    same_way = shapely.Polygon(YARD.exterior.coords, [YARD.interiors[0].coords[::-1]])
    for other in (clockwise, same_way, shapely.force_3d(YARD, 55)):
        assert geodesic_area_m2(other) == pytest.approx(geodesic_area_m2(YARD), rel=1e-12)
        assert planar_area_m2(other) == pytest.approx(planar_area_m2(YARD), rel=1e-12)


def test_a_line_is_as_long_on_the_ellipsoid_as_in_the_plane_within_50_ppm() -> None:
    assert planar_length_m(STREET) == pytest.approx(geodesic_length_m(STREET), rel=50e-6)


def test_a_step_along_the_meridian_is_its_radius_of_curvature_times_the_angle() -> None:
    e2 = (2 - 1 / 298.257222101) / 298.257222101
    radius_m = 6378137 * (1 - e2) / (1 - e2 * math.sin(math.radians(41.7)) ** 2) ** 1.5
    north = shapely.LineString([(123.4, 41.695), (123.4, 41.705)])
    assert geodesic_length_m(north) == pytest.approx(radius_m * math.radians(0.01), rel=1e-8)


def test_polygons_measure_all_lines_length_and_points_nothing() -> None:
    polygon, line, point = measure_all([YARD, STREET, shapely.Point(123.4, 41.7)])
    assert polygon == Measurement(
        area_m2=geodesic_area_m2(YARD),
        length_m=geodesic_length_m(YARD),
        planar_area_m2=planar_area_m2(YARD),
        planar_length_m=planar_length_m(YARD),
    )
    assert line == Measurement(
        length_m=geodesic_length_m(STREET), planar_length_m=planar_length_m(STREET)
    )
    assert point == Measurement()


def test_empty_geometry_measures_zero_where_it_has_a_kind() -> None:
    assert measure(shapely.Polygon()) == Measurement(0.0, 0.0, 0.0, 0.0)
    assert measure(shapely.LineString()) == Measurement(length_m=0.0, planar_length_m=0.0)
    assert measure(shapely.GeometryCollection()) == Measurement()
    assert geodesic_area_m2(shapely.Polygon()) == geodesic_length_m(shapely.Polygon()) == 0


def test_missing_geometry_measures_nan_and_harms_no_neighbour() -> None:
    assert measure(None) == Measurement()
    for function in (geodesic_areas_m2, geodesic_lengths_m, planar_areas_m2, planar_lengths_m):
        values = function([None, YARD, None])
        assert np.isnan(values).tolist() == [True, False, True]
        assert values[1] == function([YARD])[0]
        assert function([]).shape == (0,)


def test_arrays_answer_as_single_geometries_do(seed_zones: np.ndarray) -> None:
    single = [measure(zone) for zone in seed_zones]
    assert measure_all(seed_zones) == single
    assert measure_all(list(seed_zones)) == single
    assert geodesic_lengths_m(seed_zones).tolist() == [zone.length_m for zone in single]


def test_the_far_side_of_the_earth_has_no_planar_figures() -> None:
    measured = measure(shapely.Polygon([(33, 5), (33.1, 5), (33, 5.1)]))
    assert measured.area_m2 == pytest.approx(61.3e6, rel=0.01)
    assert (measured.planar_area_m2, measured.planar_length_m) == (None, None)


def test_areas_on_a_map_of_true_areas_are_nearly_those_on_the_ellipsoid() -> None:
    parcel = shapely.Point(123.4, 41.8).buffer(0.001)
    cut = shapely.box(123.4, 41.7, 123.5, 41.8) - shapely.box(123.42, 41.72, 123.48, 41.78)
    both = shapely.MultiPolygon([parcel, shapely.box(0, 0, 0.01, 0.01)])
    shapes = [parcel, cut, both, shapely.Point(123.4, 41.8), None]
    expected = geodesic_areas_m2(shapes)
    assert np.allclose(equal_areas_m2(shapes), expected, rtol=2e-4, equal_nan=True)
