"""GCJ-02 and BD-09 against published places, an independent implementation and themselves."""

import doctest

import numpy as np
import pytest
from coord_convert import transform as oracle
from hypothesis import given
from hypothesis import strategies as st

from zones.crs import gcj02_bd09
from zones.crs.gcj02_bd09 import (
    CHINA_EAST,
    CHINA_NORTH,
    CHINA_SOUTH,
    CHINA_WEST,
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

china_lon = st.floats(CHINA_WEST, CHINA_EAST)
china_lat = st.floats(CHINA_SOUTH, CHINA_NORTH)


def china_grid(steps: int = 60) -> tuple[np.ndarray, np.ndarray]:
    lon = np.linspace(CHINA_WEST, CHINA_EAST, steps)
    lat = np.linspace(CHINA_SOUTH, CHINA_NORTH, steps)
    across, up = np.meshgrid(lon, lat)
    return across, up


# The points that the tests of googollee/eviltransform have carried since 2013, lon first.
@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_agrees_with_the_published_formula(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-12)
    assert gcj02_to_wgs84(*gcj02) == pytest.approx(wgs84, abs=1e-11)


# Answers of AMap's coordinate/convert service, as quoted in its documentation and by its users.
@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((116.481499, 39.990475), (116.487585177952, 39.991754014757)),
        ((116.481499, 39.990375), (116.487585177952, 39.991653917101)),
        ((116.976409145, 39.1632171277), (116.982440321181, 39.164154188369)),
        ((114.520212, 30.50848), (114.525421278212, 30.505929633247)),
    ],
)
def test_gcj02_agrees_with_amap_to_a_third_of_a_metre(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=3e-6)


def test_bd09_agrees_with_the_example_of_alibaba_cloud_to_its_six_decimals() -> None:
    gcj02 = (120.026268, 30.279164)
    assert gcj02_to_bd09(*gcj02) == pytest.approx((120.032768, 30.285238), abs=1e-6)
    assert bd09_to_gcj02(120.032768, 30.285238) == pytest.approx(gcj02, abs=1e-6)


def test_forward_shifts_agree_with_an_independent_implementation_all_over_china() -> None:
    lon, lat = china_grid()
    gcj_lon, gcj_lat = wgs84_to_gcj02(lon, lat)
    bd_lon, bd_lat = gcj02_to_bd09(gcj_lon, gcj_lat)
    for place in np.ndindex(lon.shape):
        gcj = oracle.wgs2gcj(float(lon[place]), float(lat[place]))
        assert (gcj_lon[place], gcj_lat[place]) == pytest.approx(gcj, abs=1e-11)
        assert (bd_lon[place], bd_lat[place]) == pytest.approx(oracle.gcj2bd(*gcj), abs=1e-11)


def test_inverse_agrees_with_an_independent_iteration_within_its_tolerance() -> None:
    lon, lat = np.meshgrid(np.linspace(123.30, 123.48, 20), np.linspace(41.64, 41.83, 20))
    found_lon, found_lat = gcj02_to_wgs84(lon, lat)
    for place in np.ndindex(lon.shape):
        expected = oracle.gcj2wgs(float(lon[place]), float(lat[place]))
        assert (found_lon[place], found_lat[place]) == pytest.approx(expected, abs=1e-8)


def test_inverse_of_bd09_is_better_than_the_published_approximation() -> None:
    lon, lat = 123.40, 41.79
    bd = gcj02_to_bd09(lon, lat)
    published = oracle.bd2gcj(float(bd[0]), float(bd[1]))
    assert np.hypot(published[0] - lon, published[1] - lat) > 1e-7
    assert bd09_to_gcj02(*bd) == pytest.approx((lon, lat), abs=1e-11)


@given(china_lon, china_lat)
def test_gcj02_returns_every_place_in_the_rectangle(lon: float, lat: float) -> None:
    assert gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)) == pytest.approx((lon, lat), abs=1e-10)


@given(china_lon, china_lat)
def test_bd09_returns_every_place_in_the_rectangle(lon: float, lat: float) -> None:
    assert bd09_to_wgs84(*wgs84_to_bd09(lon, lat)) == pytest.approx((lon, lat), abs=1e-10)


def test_round_trips_hold_on_the_rectangles_very_edge() -> None:
    lon, lat = china_grid(200)
    back_lon, back_lat = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))
    assert np.abs(back_lon - lon).max() < 1e-10
    assert np.abs(back_lat - lat).max() < 1e-10


def test_shift_in_shenyang_is_some_six_hundred_metres() -> None:
    lon, lat = wgs84_to_gcj02(123.40, 41.79)
    east_m = (float(lon) - 123.40) * 83_000
    north_m = (float(lat) - 41.79) * 111_000
    assert 400 < np.hypot(east_m, north_m) < 700


@pytest.mark.parametrize(("lon", "lat"), [(2.35, 48.85), (-73.9, 40.7), (72.0, 35.0), (120, 55.9)])
def test_gcj02_leaves_places_outside_the_rectangle_alone(lon: float, lat: float) -> None:
    np.testing.assert_array_equal(wgs84_to_gcj02(lon, lat), (lon, lat))
    np.testing.assert_array_equal(gcj02_to_wgs84(lon, lat), (lon, lat))


def test_inverse_settles_where_the_shift_is_torn() -> None:
    east = CHINA_EAST + np.linspace(-0.02, 0.02, 401)
    lat = np.full_like(east, 45.0)
    found_lon, found_lat = gcj02_to_wgs84(east, lat)
    inside = found_lon <= CHINA_EAST
    moved = found_lon != east
    assert moved.any()
    assert (~moved).any()
    assert inside[moved].all()
    back_lon, back_lat = wgs84_to_gcj02(found_lon[moved], found_lat[moved])
    assert np.abs(back_lon - east[moved]).max() < 1e-10
    assert np.abs(back_lat - lat[moved]).max() < 1e-10


def test_nan_passes_through_and_harms_no_neighbour() -> None:
    lon, lat = np.array([np.nan, 123.4, 123.4]), np.array([41.79, np.nan, 41.79])
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02, bd09_to_wgs84):
        out_lon, out_lat = convert(lon, lat)
        assert np.isnan(out_lon[0])
        assert np.isnan(out_lat[1])
        alone = convert(123.4, 41.79)
        np.testing.assert_allclose((out_lon[2], out_lat[2]), alone, rtol=0, atol=1e-10)


def test_shape_is_that_of_both_arguments_broadcast() -> None:
    lon, lat = np.linspace(123.3, 123.4, 4)[:, None], np.linspace(41.7, 41.8, 3)
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02):
        assert [part.shape for part in convert(lon, lat)] == [(4, 3), (4, 3)]
        assert [part.shape for part in convert([], [])] == [(0,), (0,)]


def test_arguments_are_left_as_they_are() -> None:
    lon, lat = np.array([123.4]), np.array([41.79])
    lon.flags.writeable = lat.flags.writeable = False
    for convert in (wgs84_to_gcj02, gcj02_to_wgs84, wgs84_to_bd09, bd09_to_wgs84):
        convert(lon, lat)
    assert (lon[0], lat[0]) == (123.4, 41.79)


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(gcj02_bd09) == (0, 2)
