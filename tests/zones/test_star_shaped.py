"""What is told from coordinates alone says nothing that GEOS does not say."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zones.star_shaped import are_star_shaped, are_valid

PLACES = st.tuples(st.integers(0, 4), st.integers(0, 4))


def polygons(rings: list[list[tuple[float, float]]]) -> np.ndarray:
    return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)


@given(st.lists(st.lists(PLACES, min_size=3, max_size=7), min_size=1, max_size=20))
def test_polygons_are_valid_as_geos_says_wherever_their_vertices_lie(
    rings: list[list[tuple[float, float]]],
) -> None:
    drawn = polygons(rings)
    assert np.array_equal(are_valid(drawn), shapely.is_valid(drawn))


@pytest.mark.parametrize("size", [1e-100, 1e-7, 1.0, 1e150])
def test_most_random_stars_are_seen_whole_and_bow_ties_never(size: float) -> None:
    rng = np.random.default_rng(1)
    angles = (np.arange(24) + rng.uniform(0, 0.9, (200, 24))) * np.pi / 12
    reach = size * rng.uniform(0.8, 1, (200, 24))
    stars = shapely.polygons(np.stack([reach * np.cos(angles), reach * np.sin(angles)], axis=2))
    turned = shapely.reverse(stars)
    tie = shapely.Polygon([(0, 0), (size, size), (size, 0), (0, size)])
    assert are_star_shaped(stars).mean() > 0.9
    assert np.array_equal(are_star_shaped(turned), are_star_shaped(stars))
    assert not are_star_shaped(np.array([tie], dtype=object)).any()


def test_a_ring_that_goes_round_twice_is_not_taken_for_a_star() -> None:
    angles = np.linspace(0, 4 * np.pi, 10, endpoint=False)
    twice = shapely.Polygon(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    pentagram = shapely.Polygon(
        [(np.cos(turn), np.sin(turn)) for turn in 4 * np.pi / 5 * np.arange(5)]
    )
    drawn = np.array([twice, pentagram], dtype=object)
    assert not are_star_shaped(drawn).any()
    assert np.array_equal(are_valid(drawn), shapely.is_valid(drawn))


def test_what_is_no_polygon_of_one_ring_is_left_to_geos() -> None:
    square = shapely.box(0, 0, 4, 4)
    with np.errstate(invalid="ignore"):
        not_finite = polygons([[(0, 0), (1, 0), (end, 1)] for end in (np.inf, np.nan)])
    drawn = np.array(
        [
            None,
            shapely.Point(0, 0),
            shapely.Polygon(),
            shapely.Polygon(square.exterior, [shapely.box(1, 1, 5, 2).exterior]),
            shapely.Polygon(square.exterior, [shapely.box(1, 1, 2, 2).exterior]),
            shapely.MultiPolygon([square]),
            *not_finite,
            square,
        ],
        dtype=object,
    )
    assert are_star_shaped(drawn).tolist() == [False] * 8 + [True]
    assert np.array_equal(are_valid(drawn), shapely.is_valid(drawn))
    assert are_valid(drawn[:0]).tolist() == []
