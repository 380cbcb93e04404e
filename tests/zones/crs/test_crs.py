"""Coordinates change in one place, correctly: against Krueger's series, EPSG and themselves."""

import json
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from zones.crs import gcj02_bd09
from zones.crs.transform import (
    CRS,
    PLANE,
    authority_order,
    believable_xy,
    from_storage_xy,
    geometry_authority_order,
    geometry_from_storage,
    geometry_to_storage,
    to_plane,
    to_storage_xy,
)

CGCS2000 = Geodesic(6378137.0, 1 / 298.257222101)
GAUSS_KRUEGER = {
    CRS.EPSG_4550: (123.0, 500_000.0),
    CRS.EPSG_4529: (123.0, 41_500_000.0),
    CRS.EPSG_4549: (120.0, 500_000.0),
    CRS.EPSG_4528: (120.0, 40_500_000.0),
}
district_lon = st.floats(123.30, 123.48)
district_lat = st.floats(41.64, 41.83)


def krueger(lon: float, lat: float, *, meridian: float, east_m: float) -> tuple[float, float]:
    """Return easting and northing by Krueger's series to n^4, as in Karney (2011), eq. 7-12, 35.

    "Transverse Mercator with an accuracy of a few nanometers", J. Geodesy 85, 475-485; the
    truncation is below a micrometre here. Written for this test from the paper.
    """
    f = 1 / 298.257222101
    n, e = f / (2 - f), math.sqrt(f * (2 - f))
    radius = 6378137.0 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3 + 41 / 180 * n**4,
        13 / 48 * n**2 - 3 / 5 * n**3 + 557 / 1440 * n**4,
        61 / 240 * n**3 - 103 / 140 * n**4,
        49561 / 161280 * n**4,
    )
    tau, lam = math.tan(math.radians(lat)), math.radians(lon - meridian)
    sigma = math.sinh(e * math.atanh(e * tau / math.hypot(1, tau)))
    tau_c = tau * math.hypot(1, sigma) - sigma * math.hypot(1, tau)
    xi = math.atan2(tau_c, math.cos(lam))
    eta = math.asinh(math.sin(lam) / math.hypot(tau_c, math.cos(lam)))
    north = xi + sum(
        a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(alpha, 1)
    )
    east = eta + sum(
        a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(alpha, 1)
    )
    return east_m + radius * east, radius * north


def metres_apart(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    return float(CGCS2000.Inverse(lat_a, lon_a, lat_b, lon_b)["s12"])


def district_grid(steps: int = 25) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = np.meshgrid(np.linspace(123.30, 123.48, steps), np.linspace(41.64, 41.83, steps))
    return lon.ravel(), lat.ravel()


@pytest.mark.parametrize("ordinates", ["Z", "M", "ZM"])
@pytest.mark.parametrize("crs", [CRS.EPSG_4490, CRS.EPSG_4550])
def test_moved_geometries_have_two_ordinates(crs: CRS, ordinates: str) -> None:
    """shapely.transform turns further ordinates into NaN where there are two of them."""
    further = " 7" * len(ordinates)
    high = shapely.from_wkt(f"LINESTRING {ordinates} (123 41{further}, 123.1 41{further})")
    for moved in (geometry_from_storage(high, crs), geometry_to_storage(high, crs)):
        assert shapely.get_coordinate_dimension(moved) == 2
        assert not shapely.has_m(moved)


@pytest.mark.parametrize("crs", GAUSS_KRUEGER, ids=str)
def test_gauss_krueger_agrees_with_kruegers_series_to_a_hundredth_of_a_millimetre(crs: CRS) -> None:
    meridian, east_m = GAUSS_KRUEGER[crs]
    lon, lat = district_grid()
    x, y = from_storage_xy(lon, lat, crs)
    for place in range(lon.size):
        expected = krueger(lon[place], lat[place], meridian=meridian, east_m=east_m)
        assert (x[place], y[place]) == pytest.approx(expected, rel=0, abs=1e-5)


def test_the_quarter_meridian_is_that_of_the_ellipsoid() -> None:
    # Moritz (2000), Geodetic Reference System 1980: Q = 10 001 965.7293 m; CGCS2000 has its axes.
    x, y = from_storage_xy(123.0, 90.0, PLANE)
    assert x == pytest.approx(500_000, abs=1e-6)
    assert y == pytest.approx(10_001_965.7293, abs=1e-4)


@given(district_lon, district_lat)
def test_web_mercator_agrees_with_its_formula(lon: float, lat: float) -> None:
    x, y = from_storage_xy(lon, lat, CRS.EPSG_3857)
    assert x == pytest.approx(6378137 * math.radians(lon), abs=1e-6)
    assert y == pytest.approx(6378137 * math.asinh(math.tan(math.radians(lat))), abs=1e-6)


@pytest.mark.parametrize("crs", list(CRS), ids=str)
def test_what_is_believed_lies_on_earth_once_it_is_stored(crs: CRS) -> None:
    west, south, east, north = crs.extent
    x, y = np.meshgrid(np.linspace(west, east, 41), np.linspace(south, north, 41))
    x, y = x.ravel(), y.ravel()
    believed = believable_xy(x, y, crs)
    lon, lat = to_storage_xy(x[believed], y[believed], crs)
    assert believed.sum() > 1500
    assert believable_xy(lon, lat, CRS.EPSG_4490).all()


@pytest.mark.parametrize("crs", [CRS.GCJ02, CRS.BD09], ids=str)
def test_shifted_datums_are_those_of_gcj02_bd09(crs: CRS) -> None:
    shift = gcj02_bd09.wgs84_to_gcj02 if crs is CRS.GCJ02 else gcj02_bd09.wgs84_to_bd09
    expected = tuple(float(part) for part in shift(123.40, 41.79))
    assert from_storage_xy(123.40, 41.79, crs) == expected


@pytest.mark.parametrize("crs", CRS, ids=str)
@given(lon=district_lon, lat=district_lat)
def test_round_trip_of_one_place_is_below_a_hundredth_of_a_millimetre(
    crs: CRS, lon: float, lat: float
) -> None:
    back = to_storage_xy(*from_storage_xy(lon, lat, crs), crs)
    assert metres_apart(lon, lat, *back) < 1e-5


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_round_trip_over_the_district_is_below_a_hundredth_of_a_millimetre(crs: CRS) -> None:
    lon, lat = district_grid(100)
    back_lon, back_lat = to_storage_xy(*from_storage_xy(lon, lat, crs), crs)
    assert np.hypot((back_lon - lon) * 83_500, (back_lat - lat) * 111_300).max() < 1e-5


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_numbers_and_arrays_and_geometries_get_the_same_answer(crs: CRS) -> None:
    lon, lat = district_grid(4)
    x, y = from_storage_xy(lon, lat, crs)
    points = geometry_from_storage(shapely.points(lon, lat), crs)
    for place in range(lon.size):
        alone = from_storage_xy(float(lon[place]), float(lat[place]), crs)
        assert all(type(part) is float for part in alone)
        assert alone == pytest.approx((x[place], y[place]), rel=0, abs=1e-9)
    np.testing.assert_allclose(shapely.get_coordinates(points), np.stack([x, y], 1), atol=1e-9)


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_x_is_the_east_and_y_the_north_in_every_system(crs: CRS) -> None:
    x, y = from_storage_xy(123.40, 41.79, crs)
    east, _ = from_storage_xy(123.41, 41.79, crs)
    _, north = from_storage_xy(123.40, 41.80, crs)
    assert east > x
    assert north > y
    assert believable_xy(x, y, crs)


def test_the_zone_prefix_is_all_that_differs_between_4550_and_4529() -> None:
    x, y = from_storage_xy(123.40, 41.79, CRS.EPSG_4550)
    assert from_storage_xy(123.40, 41.79, CRS.EPSG_4529) == pytest.approx((x + 41e6, y), rel=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("crs", [CRS.EPSG_4326, CRS.EPSG_4490, CRS.EPSG_4550, CRS.EPSG_3857])
def test_authority_order_is_what_proj_answers_without_our_rule(crs: CRS) -> None:
    by_authority = pyproj.Transformer.from_crs("OGC:CRS84", crs.key)
    ours = authority_order(*from_storage_xy(123.40, 41.79, crs), crs)
    assert ours == pytest.approx(by_authority.transform(123.40, 41.79), rel=1e-12)
    assert authority_order(*ours, crs) == from_storage_xy(123.40, 41.79, crs)


def test_authority_order_turns_the_vertices_of_geometry() -> None:
    line = shapely.LineString([(123.4, 41.7), (123.5, 41.8)])
    turned = geometry_authority_order(line, CRS.EPSG_4490)
    assert turned == shapely.LineString([(41.7, 123.4), (41.8, 123.5)])
    assert geometry_authority_order(line, CRS.CRS84) == line


def test_what_has_no_place_in_the_target_becomes_infinite_and_nan_stays() -> None:
    assert from_storage_xy(33.0, 5.0, PLANE) == (math.inf, math.inf)
    assert all(map(math.isnan, from_storage_xy(math.nan, 41.79, PLANE)))
    x, _ = from_storage_xy(np.array([33.0, math.nan, 123.4]), np.array([5.0, 41.0, 41.0]), PLANE)
    assert np.isinf(x).tolist() == [True, False, False]
    assert np.isnan(x).tolist() == [False, True, False]


def test_a_ring_that_begins_where_the_target_has_no_place_stays_a_ring() -> None:
    ring = shapely.Polygon([(33, 5), (123.4, 41.7), (123.5, 41.7)])
    lost, kept = to_plane(np.array([ring, shapely.box(123.4, 41.7, 123.5, 41.8)]))
    assert np.isinf(shapely.get_coordinates(lost)).sum() == 4
    assert np.isfinite(shapely.get_coordinates(kept)).all()


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_missing_and_empty_geometry_stays_and_heights_go(crs: CRS) -> None:
    given = np.array([None, shapely.Polygon(), shapely.Point(123.4, 41.79, 55)])
    out = geometry_from_storage(given, crs)
    assert out[0] is None
    assert out[1] == shapely.Polygon()
    assert not shapely.has_z(out).any()
    assert geometry_to_storage(out, crs)[2].equals_exact(shapely.Point(123.4, 41.79), 1e-9)
    assert geometry_from_storage(None, crs) is None
    assert geometry_from_storage(np.array([], dtype=object), crs).shape == (0,)


def test_holes_and_parts_are_kept() -> None:
    yard = shapely.box(123.40, 41.70, 123.42, 41.72) - shapely.box(123.405, 41.705, 123.41, 41.71)
    both = shapely.MultiPolygon([yard, shapely.box(123.43, 41.70, 123.44, 41.71)])
    back = geometry_to_storage(to_plane(both), PLANE)
    assert len(back.geoms) == 2
    assert len(back.geoms[0].interiors) == 1
    assert back.equals_exact(both, 1e-10)


def test_an_edge_of_a_kilometre_bows_by_two_centimetres_at_most() -> None:
    edge = shapely.LineString([(123.40, 41.79), (123.412, 41.79)])
    assert to_plane(edge).length == pytest.approx(1000, abs=10)
    middle = to_plane(edge.interpolate(0.5, normalized=True))
    assert 0.005 < to_plane(edge).distance(middle) < 0.02


def test_many_threads_get_the_answers_of_one() -> None:
    lon, lat = district_grid(40)

    def all_systems(_: int) -> list[Any]:
        return [to_storage_xy(*from_storage_xy(lon, lat, crs), crs) for crs in CRS]

    expected = all_systems(0)
    with ThreadPoolExecutor(8) as pool:
        for answer in pool.map(all_systems, range(32)):
            np.testing.assert_array_equal(answer, expected)


def run_python(code: str, **environment: str) -> Any:
    command = [sys.executable, "-W", "error", "-c", code]
    env = {**os.environ, **environment}
    return json.loads(subprocess.run(command, env=env, check=True, capture_output=True).stdout)


def test_proj_stays_off_the_network_in_every_thread_whatever_the_environment_says() -> None:
    code = (
        "import json, threading, zones.crs.transform;"
        "import pyproj.network as n; seen = [n.is_network_enabled()];"
        "t = threading.Thread(target=lambda: seen.append(n.is_network_enabled()));"
        "t.start(); t.join(); print(json.dumps(seen))"
    )
    assert run_python(code, PROJ_NETWORK="ON") == [False, False]


def test_the_module_loads_without_geopandas_and_pandas() -> None:
    code = "import json, sys, zones.crs.transform; print(json.dumps(sorted(sys.modules)))"
    assert not {"geopandas", "pandas", "pyogrio"} & set(run_python(code))
