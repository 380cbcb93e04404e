"""Coordinates that cannot be what they claim are named, and so is what they look like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.crs.coordinate_plausibility import believable_xy, check_xy, coordinate_fault
from zones.crs.reference_systems import CRS
from zones.errors import CoordinateError

SHENYANG = {
    CRS.CRS84: (123.40, 41.79),
    CRS.EPSG_4326: (123.40, 41.79),
    CRS.EPSG_4490: (123.40, 41.79),
    CRS.EPSG_4550: (533249.0, 4628389.0),
    CRS.EPSG_4529: (41533249.0, 4628389.0),
    CRS.EPSG_4549: (782635.0, 4633903.0),
    CRS.EPSG_4528: (40782635.0, 4633903.0),
    CRS.EPSG_3857: (13736825.0, 5129574.0),
    CRS.GCJ02: (123.406, 41.792),
    CRS.BD09: (123.413, 41.798),
}


def fault_of(x: float, y: float, crs: CRS) -> CoordinateError:
    with pytest.raises(CoordinateError) as caught:
        check_xy(x, y, crs)
    return caught.value


@pytest.mark.parametrize("crs", CRS, ids=str)
def test_a_place_in_the_district_is_believed_in_every_system(crs: CRS) -> None:
    check_xy(*SHENYANG[crs], crs)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("crs", CRS, ids=str)
def test_numbers_that_are_not_finite_are_refused(crs: CRS, wrong: float) -> None:
    x, y = SHENYANG[crs]
    assert fault_of(wrong, y, crs).code == "coordinate-not-finite"
    assert fault_of(x, wrong, crs).code == "coordinate-not-finite"


@pytest.mark.parametrize("crs", [c for c in CRS if c.is_geographic], ids=str)
def test_swapped_longitude_and_latitude_are_told_apart(crs: CRS) -> None:
    fault = fault_of(41.79, 123.4, crs)
    assert fault.code == "coordinate-swapped"
    assert "latitude and longitude are swapped: lon=41.79, lat=123.4" in str(fault)
    assert fault.text("zh").hint == "请改为 lon=123.4, lat=41.79。"


@pytest.mark.parametrize("crs", [CRS.EPSG_4550, CRS.EPSG_4529, CRS.EPSG_4549], ids=str)
def test_the_surveyors_x_north_y_east_is_told_apart(crs: CRS) -> None:
    easting, northing = SHENYANG[crs]
    fault = fault_of(northing, easting, crs)
    assert fault.code == "coordinate-axes-swapped"
    assert f"x={easting}, y={northing}" in fault.text("en").hint


@pytest.mark.parametrize(
    ("given_in", "claimed"),
    [
        (CRS.EPSG_4529, CRS.EPSG_4550),
        (CRS.EPSG_4550, CRS.EPSG_4529),
        (CRS.EPSG_4528, CRS.EPSG_4549),
        (CRS.EPSG_4528, CRS.EPSG_4529),
        (CRS.EPSG_3857, CRS.EPSG_4550),
        (CRS.EPSG_4529, CRS.EPSG_3857),
        (CRS.EPSG_4549, CRS.EPSG_4528),
        (CRS.EPSG_4529, CRS.GCJ02),
        (CRS.EPSG_3857, CRS.CRS84),
    ],
)
def test_metres_of_another_system_name_that_system(given_in: CRS, claimed: CRS) -> None:
    fault = fault_of(*SHENYANG[given_in], claimed)
    assert fault.code == "coordinate-other-crs"
    assert fault.params["suggest"] == given_in.key


@pytest.mark.parametrize("claimed", [CRS.EPSG_4490, CRS.GCJ02, CRS.EPSG_4326], ids=str)
def test_an_easting_without_prefix_given_as_degrees_names_both_meridians(claimed: CRS) -> None:
    fault = fault_of(*SHENYANG[CRS.EPSG_4550], claimed)
    assert fault.code == "coordinate-without-zone"
    assert "EPSG:4550" in fault.text().hint
    assert "EPSG:4549" in fault.text().hint


@pytest.mark.parametrize("crs", [c for c in CRS if not c.is_geographic], ids=str)
def test_degrees_given_to_a_projected_system_are_told_apart(crs: CRS) -> None:
    for pair in ((123.4, 41.79), (41.79, 123.4)):
        fault = fault_of(*pair, crs)
        assert fault.code == "coordinate-in-degrees"
        assert "EPSG:4490" in fault.text().hint


@pytest.mark.parametrize(("easting", "meridian"), [(38533249.0, 114), (21533249.0, 123)])
def test_the_zone_before_an_easting_is_read(easting: float, meridian: int) -> None:
    fault = fault_of(easting, 4628389.0, CRS.EPSG_4550)
    assert fault.code == "coordinate-other-zone"
    assert fault.params["meridian"] == meridian


@pytest.mark.parametrize(
    ("x", "y", "crs"),
    [
        (200.0, 95.0, CRS.CRS84),
        (5e5, 300.0, CRS.CRS84),
        (533249.0, -4628389.0, CRS.EPSG_4550),
        (5e7, 1e6, CRS.EPSG_3857),
    ],
)
def test_what_looks_like_nothing_is_out_of_range(x: float, y: float, crs: CRS) -> None:
    fault = fault_of(x, y, crs)
    assert fault.code == "coordinate-out-of-range"
    assert crs.key in str(fault)


def test_the_first_wrong_pair_of_an_array_is_named() -> None:
    lon, lat = np.array([123.4, 123.4, 41.79]), np.array([41.79, 41.79, 123.4])
    with pytest.raises(CoordinateError) as caught:
        check_xy(lon, lat, CRS.CRS84, loc=("points",))
    assert caught.value.loc == ("points", 2)
    assert caught.value.code == "coordinate-swapped"


def test_an_array_of_good_pairs_and_an_empty_one_pass() -> None:
    check_xy(np.full((3, 2), 123.4), np.full((3, 2), 41.79), CRS.EPSG_4490)
    check_xy(np.array([]), np.array([]), CRS.EPSG_4550)


@pytest.mark.parametrize("crs", CRS, ids=str)
@given(x=st.floats(-5e7, 5e7) | st.floats(-200, 200), y=st.floats(-2e7, 2e7) | st.floats(-200, 200))
def test_mask_and_fault_agree_on_every_pair(crs: CRS, x: float, y: float) -> None:
    assert bool(believable_xy(x, y, crs)) == (coordinate_fault(x, y, crs) is None)


@pytest.mark.parametrize("crs", CRS, ids=str)
@given(x=st.floats(), y=st.floats())
def test_every_fault_can_be_said_in_both_languages(crs: CRS, x: float, y: float) -> None:
    fault = coordinate_fault(x, y, crs)
    if fault:
        assert fault.text("zh").message
        assert fault.text("en").hint


@pytest.mark.parametrize("crs", [CRS.CRS84, CRS.EPSG_4490, CRS.GCJ02])
@pytest.mark.parametrize("pair", [(180.00000000000006, 0.0), (0.0, -90.00000000000001)])
def test_rounding_at_the_edge_is_no_fault(crs: CRS, pair: tuple[float, float]) -> None:
    assert coordinate_fault(*pair, crs) is None
    assert believable_xy(*pair, crs)
    x, y = pair
    assert coordinate_fault(x * 1.0000001, y * 1.0000001, crs) is not None


@pytest.mark.parametrize("crs", [one for one in CRS if not one.is_geographic])
def test_rounding_at_the_edge_of_a_plane_is_no_fault(crs: CRS) -> None:
    x_min, y_min, x_max, y_max = crs.extent
    middle = (x_min + x_max) / 2, 5e6
    for pair in ((x_max + 1e-9, middle[1]), (middle[0], y_max + 1e-9), (middle[0], y_min - 1e-9)):
        if max(map(abs, pair)) > 180:
            assert coordinate_fault(*pair, crs) is None
