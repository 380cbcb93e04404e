"""Where a place may lie that is known only to within so many metres."""

import pytest
from shapely import Point

from tests.toy import at, feature, square
from zones.crs.area_and_length import geodesic_area_m2
from zones.snapshot.uncertainty_circles import certainly_within, circle_m, possible_ground

GROUND = square(0, 0, 2, 2)


@pytest.mark.parametrize(
    ("accuracy", "circle"), [(None, None), (20, None), (250, None), (250.5, 250.5), (800, 800)]
)
def test_circle_begins_beyond_250_metres(accuracy: float | None, circle: float | None) -> None:
    assert circle_m(Point(at(1, 1)), {"accuracy_m": accuracy}) == circle


def test_lines_areas_and_what_has_no_place_are_no_circles() -> None:
    for geometry in (GROUND, Point(), None):
        assert circle_m(geometry, {"accuracy_m": 800}) is None
        assert possible_ground(feature("f", geometry, accuracy_m=800)) is geometry


def test_ground_of_a_point_is_a_disc_of_its_accuracy() -> None:
    ground = possible_ground(feature("f", Point(at(1, 1)), accuracy_m=100))
    assert geodesic_area_m2(ground) == pytest.approx(31_416, rel=0.01)


@pytest.mark.parametrize(
    ("place", "accuracy", "certain"),
    [
        ((1, 1), 100, True),
        ((1, 1), None, True),
        ((1, 1), 300, False),  # a circle, though all of it lies within
        ((1.99, 1), 100, False),  # a point that may lie beyond the border
        ((3, 1), 100, False),
    ],
)
def test_certain_is_what_lies_within_wherever_it_may_be(
    place: tuple[float, float], accuracy: float | None, certain: bool
) -> None:
    assert (
        certainly_within(feature("f", Point(at(*place)), accuracy_m=accuracy), [GROUND]) is certain
    )
