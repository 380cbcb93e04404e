"""Which polygons hold a point, few or many of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon

from tests.toy import at, square
from zones.lookup.containment import Containment, points_on


def _squares(side: int) -> NDArray[np.object_]:
    """Return a chessboard of squares that overlap their eastern neighbours by a half."""
    return np.array(
        [square(x, y, x + 1.5, y + 1) for y in range(side) for x in range(side)], dtype=object
    )


@pytest.mark.parametrize("side", [2, 12])
def test_members_are_shapelys_on_corners_edges_and_inside(side: int) -> None:
    polygons = _squares(side)
    containment = Containment(polygons)
    for x in np.arange(-0.5, side + 1, 0.25).tolist():
        for y in (-0.5, 0, 0.5, 1, side):
            expected = np.flatnonzero(shapely.intersects(polygons, Point(at(x, y))))
            assert containment.members(*at(x, y)) == tuple(expected.tolist())


@pytest.mark.parametrize("side", [2, 12])
def test_many_points_get_the_answers_of_single_ones(side: int) -> None:
    containment = Containment(_squares(side))
    places = np.array([at(x / 4, y / 4) for x in range(-2, 60) for y in range(-2, 60)])
    together = containment.members_of_many(places[:, 0], places[:, 1])
    assert together == [list(containment.members(lon, lat)) for lon, lat in places.tolist()]


def test_more_points_than_are_taken_at_once_keep_their_order() -> None:
    containment = Containment(_squares(2))
    xs = np.tile([0.5, 9.0, 2.0], 7000)
    lons, lats = np.array([at(x, 0.5) for x in xs.tolist()]).T
    assert containment.members_of_many(lons, lats) == [[0], [], [1]] * 7000


def test_hole_and_missing_geometry_hold_nothing() -> None:
    ring = Polygon(square(0, 0, 3, 3).exterior.coords, [square(1, 1, 2, 2).exterior.coords])
    containment = Containment([ring, None, Polygon(), MultiPolygon([square(1, 1, 2, 2)])])
    assert containment.members(*at(1.5, 1.5)) == (3,)
    assert containment.members(*at(1, 1.5)) == (0, 3)
    assert containment.members(*at(0.5, 0.5)) == (0,)


def test_no_polygons_hold_no_point() -> None:
    assert Containment([]).members(*at(0, 0)) == ()
    assert Containment([]).members_of_many(np.array([123.4]), np.array([41.7])) == [[]]
    assert Containment(_squares(2)).members_of_many(np.array([]), np.array([])) == []


def test_threads_asking_a_fresh_containment_agree() -> None:
    containment = Containment(_squares(12))
    places = [at(x / 3, 0.5) for x in range(60)]
    expected = [containment.members(*place) for place in places]
    with ThreadPoolExecutor(8) as pool:
        fresh = Containment(_squares(12))
        assert list(pool.map(lambda place: fresh.members(*place), places)) == expected


def test_points_on_geometries_are_on_them_and_nan_where_there_is_none() -> None:
    lons, lats = points_on(np.array([square(0, 0, 1, 1), None, Polygon()], dtype=object))
    assert square(0, 0, 1, 1).contains(Point(lons[0], lats[0]))
    assert np.isnan([lons[1:], lats[1:]]).all()
