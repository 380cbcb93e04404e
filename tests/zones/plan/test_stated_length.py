"""The length that a piece of border states follows its line, unless the edit states another."""

from dataclasses import replace

import pytest
import shapely

from zones.crs.area_and_length import geodesic_length_m
from zones.model import JSON, Feature
from zones.plan.stated_length import with_measured_length

LINE = shapely.LineString([(123.40, 41.78), (123.41, 41.78)])
LONGER = shapely.LineString([(123.40, 41.78), (123.42, 41.78)])
BEFORE = Feature("b01", LINE, {"length_m": 831.4, "accuracy_m": 20})


@pytest.mark.parametrize(
    ("collection_id", "line", "stated", "expected"),
    [
        ("borders", LONGER, 831.4, round(geodesic_length_m(LONGER), 1)),
        ("borders", LINE, 831.4, 831.4),
        ("borders", LONGER, 1700, 1700),
        ("roads", LONGER, 831.4, 831.4),
        ("borders", None, 831.4, 831.4),
    ],
)
def test_a_moved_line_states_its_new_length(
    collection_id: str, line: shapely.LineString | None, stated: JSON, expected: JSON
) -> None:
    after = replace(BEFORE, geometry=line, properties={"length_m": stated, "accuracy_m": 5})
    found = with_measured_length(after, BEFORE, collection_id=collection_id)
    assert found.properties == {"length_m": expected, "accuracy_m": 5}


def test_what_stated_no_length_states_none() -> None:
    before = replace(BEFORE, properties={})
    after = replace(before, geometry=LONGER)
    assert with_measured_length(after, before, collection_id="borders") is after
