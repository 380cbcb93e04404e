from itertools import product

import pyproj
import pytest

from zones.crs.gauss_krueger_codes import BEIJING_1954, CGCS2000, XIAN_1980, ChineseDatum, zone_code

NAMES = {"CGCS2000": "CGCS2000", "Xian 1980": "Xian 1980", "Beijing 1954": "Beijing 1954"}
WAYS = [(75, 25), (123, 41), (135, 45), (123, 21), (135, 23)]


@pytest.mark.parametrize(
    ("datum", "way"), list(product((CGCS2000, XIAN_1980, BEIJING_1954), WAYS)), ids=str
)
def test_codes_are_those_that_proj_has(datum: ChineseDatum, way: tuple[int, int]) -> None:
    meridian, prefix = way
    code = zone_code(datum, prefix=prefix, meridian=meridian)
    crs = pyproj.CRS.from_epsg(code)
    assert crs.name.startswith(NAMES[datum.name])
    params = {each.name: each.value for each in crs.coordinate_operation.params}
    assert params["Longitude of natural origin"] == meridian
    assert params["False easting"] == prefix * 1e6 + 500_000


@pytest.mark.parametrize("datum", [CGCS2000, XIAN_1980, BEIJING_1954], ids=str)
@pytest.mark.parametrize("meridian", [75, 123, 135])
def test_zones_without_a_number_have_a_plain_false_easting(
    datum: ChineseDatum, meridian: int
) -> None:
    crs = pyproj.CRS.from_epsg(zone_code(datum, prefix=None, meridian=meridian))
    params = {each.name: each.value for each in crs.coordinate_operation.params}
    assert (params["Longitude of natural origin"], params["False easting"]) == (meridian, 500_000)


def test_a_meridian_that_is_not_the_zones_has_no_code() -> None:
    assert zone_code(CGCS2000, prefix=41, meridian=120) is None
    assert zone_code(CGCS2000, prefix=None, meridian=123.5) is None
    assert zone_code(CGCS2000, prefix=7, meridian=None) is None
