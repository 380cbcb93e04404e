"""Figures are rounded by the unit in their name, when they are shown."""

from zones.geojson.figure_rounding import shown


def test_each_unit_has_its_decimals_and_other_numbers_stay() -> None:
    told = {
        "area_m2": 1.25e6 + 0.06,
        "difference_percent": -1.2345,
        "share": 1 / 3,
        "lon": 123.123456789,
        "planned_area_km2": 7.123456,
        "order": 7,
        "certain": True,
    }
    assert shown(told) == told | {
        "area_m2": 1250000.1,
        "difference_percent": -1.23,
        "share": 0.333333,
        "lon": 123.1234568,
    }


def test_lists_and_objects_are_gone_through_and_tuples_become_lists() -> None:
    assert shown({"parts": ({"length_m": 1.26}, {"length_m": None})}) == {
        "parts": [{"length_m": 1.3}, {"length_m": None}]
    }
    assert shown({"distances_m": [1.26, 2]}) == {"distances_m": [1.3, 2]}
