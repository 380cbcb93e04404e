"""Where arrays of points are: the same as the locator says of each."""

import pickle

import numpy as np
import pytest
import shapely

from zones.cover.grid_cover import build_cover
from zones.crs.transform import PLANE, from_storage_xy, to_storage_xy
from zones.lookup.border_lines import read_borders
from zones.lookup.bulk_locator import NOT_ANSWERED, BulkLocator, answer_of, build_bulk_locator
from zones.lookup.locator import Locator
from zones.lookup.polygon_sets import PolygonSets
from zones.snapshot.model import Snapshot
from zones.snapshot.plan_feature_reading import subdistricts_of, zones_of

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
BOX = (123.33, 41.66, 123.50, 41.85)


@pytest.fixture(scope="module")
def bulk(seeded_snapshot: Snapshot) -> BulkLocator:
    return seeded_snapshot.derived(build_bulk_locator)


def differing(bulk: BulkLocator, locator: Locator, lon: Floats, lat: Floats) -> list[int]:
    """Return the points whose answer is not what the locator says."""
    codes = bulk.codes(lon, lat)
    return [
        i
        for i, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
        if bulk.answers[codes[i]] != answer_of(locator.locate(x, y))
    ]


def random_points(count: int, seed: int) -> tuple[Floats, Floats]:
    west, south, east, north = BOX
    rng = np.random.default_rng(seed)
    return rng.uniform(west, east, count), rng.uniform(south, north, count)


@pytest.mark.slow
def test_random_points_are_answered_as_one_by_one(bulk: BulkLocator, locator: Locator) -> None:
    assert differing(bulk, locator, *random_points(5000, seed=1)) == []


@pytest.mark.slow
def test_a_locator_travels_as_what_it_is_made_of(bulk: BulkLocator, locator: Locator) -> None:
    pickled = pickle.dumps(bulk)
    assert len(pickled) < 250_000
    arrived = pickle.loads(pickled)  # noqa: S301 - it was written just now
    assert differing(arrived, locator, *random_points(5000, seed=3)) == []
    lon, lat = random_points(500, seed=4)
    codes = arrived.codes(lon, lat)
    np.testing.assert_array_equal(
        arrived.border_distances(lon, lat, codes).distance_m,
        bulk.border_distances(lon, lat, bulk.codes(lon, lat)).distance_m,
    )


def test_points_on_vertices_and_edges_are_answered_as_one_by_one(
    seeded_snapshot: Snapshot, bulk: BulkLocator, locator: Locator
) -> None:
    drawn = [zone.geometry for zone in seeded_snapshot.derived(zones_of)]
    drawn += [subdistrict.geometry for subdistrict in seeded_snapshot.derived(subdistricts_of)]
    vertices = shapely.get_coordinates(drawn)
    halfway = (vertices[1:] + vertices[:-1]) / 2
    points = np.unique(np.concatenate([vertices, halfway]), axis=0)
    assert differing(bulk, locator, points[:, 0].copy(), points[:, 1].copy()) == []


def test_points_where_certainty_ends_are_answered_as_one_by_one(
    seeded_snapshot: Snapshot, bulk: BulkLocator, locator: Locator
) -> None:
    rng = np.random.default_rng(2)
    asked = []
    for border in seeded_snapshot.derived(read_borders).all:
        reach = border.accuracy_m or 20.0
        line = shapely.get_coordinates(border.geometry)
        x, y = from_storage_xy(line[:, 0].copy(), line[:, 1].copy(), PLANE)
        turn = rng.uniform(0, 2 * np.pi, len(x))
        away = reach * rng.choice([0.98, 0.999, 1 - 1e-9, 1 + 1e-9, 1.001, 1.02], len(x))
        asked.append(np.column_stack([x + away * np.cos(turn), y + away * np.sin(turn)]))
    points = np.concatenate(asked)
    lon, lat = to_storage_xy(points[:, 0].copy(), points[:, 1].copy(), PLANE)
    assert differing(bulk, locator, lon, lat) == []


@pytest.mark.slow
def test_the_toy_district_is_answered_as_one_by_one(toy: Snapshot) -> None:
    bulk = toy.derived(build_bulk_locator)
    steps = np.arange(-1, 6, 0.125) / 64
    lon, lat = (axis.ravel() for axis in np.meshgrid(123.375 + steps, 41.75 + steps))
    assert differing(bulk, bulk.locator, lon, lat) == []


def test_what_cannot_be_degrees_is_not_answered(bulk: BulkLocator) -> None:
    lon, lat = np.array([np.nan, 41.79, 123.4, np.inf]), np.array([41.8, 123.4, 41.79, 0.0])
    assert (bulk.codes(lon, lat) == NOT_ANSWERED).tolist() == [True, True, False, True]


def test_no_points_have_no_answers(bulk: BulkLocator) -> None:
    assert len(bulk.codes(np.empty(0), np.empty(0))) == 0


def test_the_distance_to_the_nearest_border_is_that_of_one_point(
    bulk: BulkLocator, locator: Locator
) -> None:
    lon, lat = random_points(800, seed=3)
    found = bulk.border_distances(lon, lat, bulk.codes(lon, lat))
    told = [locator.locate(x, y).nearest_border for x, y in zip(lon, lat, strict=True)]
    wanted = [np.nan if border is None else border.distance_m for border in told]
    np.testing.assert_allclose(found.distance_m, wanted, atol=1e-6)
    stated = [np.nan if border is None else border.accuracy_m or np.nan for border in told]
    np.testing.assert_array_equal(found.accuracy_m, stated)


@pytest.mark.parametrize("polygons", [9, 100])
def test_sets_of_few_and_of_many_polygons_are_told_apart(polygons: int) -> None:
    rng = np.random.default_rng(polygons)
    corners = rng.uniform(0, 8, (polygons, 2))
    cover = build_cover(np.array([shapely.box(x, y, x + 2, y + 2) for x, y in corners]))
    combinations = PolygonSets(polygons)
    for _ in range(3):
        lon, lat = rng.uniform(0, 10, (2, 4000))
        found = cover.lookup(lon, lat)
        numbers = combinations.numbers(found)
        members = combinations.members()
        assert [members[n] for n in numbers] == [tuple(found[i].tolist()) for i in range(len(lon))]
