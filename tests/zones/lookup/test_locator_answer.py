"""The bytes of an answer are those of the typed placement, wherever the point lies."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.toy import at, feature, line, square, toy_snapshot
from zones.crs.transform import CRS
from zones.errors import CoordinateError
from zones.lookup.locator import Locator, build_locator
from zones.model import Feature
from zones.snapshot.model import Snapshot


def _written(locator: Locator, lon: float, lat: float, *, crs: CRS | None = None) -> bytes:
    return orjson.dumps(locator.locate(lon, lat, source_crs=crs).as_json())


def _vertices(snapshot: Snapshot, *collections: str) -> NDArray[np.float64]:
    found = [snapshot.collection(id_).geometries for id_ in collections]
    vertices: NDArray[np.float64] = shapely.get_coordinates(np.concatenate(found))
    return vertices


def _assert_same_bytes(locator: Locator, points: NDArray[np.float64]) -> None:
    for lon, lat in points.tolist():
        assert locator.answer(lon, lat) == _written(locator, lon, lat)


def test_random_points_in_and_around_the_district(locator: Locator) -> None:
    rng = np.random.default_rng(5)
    _assert_same_bytes(locator, rng.uniform((123.2, 41.55), (123.56, 41.94), (4000, 2)))


@pytest.mark.slow
def test_points_on_borders_and_beside_them(locator: Locator, seeded_snapshot: Snapshot) -> None:
    vertices = _vertices(seeded_snapshot, "zones", "subdistricts", "disputes")
    middles = (vertices[1:] + vertices[:-1]) / 2
    _assert_same_bytes(locator, np.concatenate([vertices, middles, vertices + 1e-12]))


def test_points_on_axes_belts_and_the_districts_outline(
    locator: Locator, seeded_snapshot: Snapshot
) -> None:
    _assert_same_bytes(
        locator, _vertices(seeded_snapshot, "axes", "belts", "belt_lines", "district")
    )


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(116.4, 39.9), (0.0, 0.0), (-57.0, 41.8), (33.0, 0.0), (1e-9, -1e-9), (180.0, 90.0)],
)
def test_points_far_away(locator: Locator, lon: float, lat: float) -> None:
    assert locator.answer(lon, lat) == _written(locator, lon, lat)


@pytest.mark.parametrize("crs", [None, *CRS])
def test_the_system_that_the_point_was_given_in(locator: Locator, crs: CRS | None) -> None:
    answered = locator.answer(123.4, 41.79, source_crs=crs)
    assert answered == _written(locator, 123.4, 41.79, crs=crs)


@given(x=st.floats(-5, 9), y=st.floats(-5, 7))
def test_every_place_of_the_toy_district(toy: Snapshot, x: float, y: float) -> None:
    locator = toy.derived(build_locator)
    assert locator.answer(*at(x, y)) == _written(locator, *at(x, y))


@given(x=st.integers(-2, 18), y=st.integers(-2, 10))
def test_every_corner_and_edge_of_the_toy_district(toy: Snapshot, x: int, y: int) -> None:
    locator = toy.derived(build_locator)
    place = at(x / 4, y / 4)
    assert locator.answer(*place) == _written(locator, *place)


def test_names_cannot_break_the_pieces_apart() -> None:
    name = (
        '",:0.0{}"distance_m":0.0,[],"belts":[],"nearest_border":null %b %.1f \\ "crs":"EPSG:4490"'
    )
    roles = [
        feature(str(i), line((2.5, -1), (2.5, 3 + i)), belt="b", role=role)
        for i, role in enumerate([name, "centre", name])
    ]
    locator = build_locator(
        toy_snapshot(
            zones=[Feature("z", square(0, 0, 4, 2), {"name": name, "name_en": name})],
            axes=[Feature("a", line((0, 1), (4, 1)), {"name": name, "parts": [{"name": name}]})],
            belts=[Feature("b", square(2, -1, 3, 3), {"name": name})],
            belt_lines=roles,
        )
    )
    for place in (at(0.5, 0.5), at(2.5, 0.5), at(2.5, 2.5)):
        assert locator.answer(*place) == _written(locator, *place)


def test_a_district_whose_lines_have_no_place_in_the_plane() -> None:
    far = shapely.box(33.0, -1.0, 34.0, 1.0)
    zone = [feature("zone-a", far)]
    axis = [feature("axis-x", shapely.LineString([(33.2, 0.0), (33.4, 0.0)]))]
    snapshot = toy_snapshot(zones=zone, subdistricts=[], borders=[], district=zone, axes=axis)
    locator = snapshot.derived(build_locator)
    assert locator.answer(33.5, 0.0) == _written(locator, 33.5, 0.0)


def test_a_store_without_any_layer() -> None:
    locator = Snapshot(0, {}, toy_snapshot().plan).derived(build_locator)
    assert locator.answer(123.4, 41.8) == _written(locator, 123.4, 41.8)


@pytest.mark.parametrize(("lon", "lat"), [(np.nan, 41.8), (123.4, np.inf), (41.8, 123.4)])
def test_impossible_coordinates_are_refused(locator: Locator, lon: float, lat: float) -> None:
    with pytest.raises(CoordinateError):
        locator.answer(lon, lat)


def test_many_threads_are_answered_alike(locator: Locator, seeded_snapshot: Snapshot) -> None:
    points = np.random.default_rng(6).uniform((123.3, 41.65), (123.46, 41.84), (400, 2)).tolist()
    fresh = build_locator(seeded_snapshot.only(seeded_snapshot.collections))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda point: fresh.answer(*point), points))
    assert answers == [locator.answer(*point) for point in points]


def test_places_that_differ_in_the_belt_alone_are_told_apart() -> None:
    snapshot = toy_snapshot(borders=[], zones=[], subdistricts=[], disputes=[])
    locator = snapshot.derived(build_locator)
    for place in (at(2.5, 2.5), at(2, 2.5), at(2.5, 2.5), at(2, 2.5)):
        assert locator.answer(*place) == _written(locator, *place)
