"""Near a border an answer says that it is not sure: always where it must, and nowhere else.

What must be is computed beside the library: accuracies as the file states them, places in the
plane by pyproj, distances by shapely.
"""

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zones.lookup.locator import Locator
from zones.snapshot.model import Snapshot

POINTS = 6000
NEAR_M = 100.0
MEASURED_TO_M = 1e-6
"""Nearer than this to where sureness ends, two ways to compute a distance may differ."""


TO_PLANE = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4550", always_xy=True)


def _zone_borders(snapshot: Snapshot) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return the lines that separate zones, in the plane, and their accuracies in metres."""
    borders = [f for f in snapshot.collection("borders") if f.properties["role"] != "subdistrict"]
    accuracies = np.array([f.properties["accuracy_m"] for f in borders], dtype=float)
    lines = np.array([f.geometry for f in borders], dtype=object)
    return shapely.transform(lines, TO_PLANE.transform, interleaved=False), accuracies


def _beside(
    lines: NDArray[np.object_], rng: np.random.Generator, *, within_m: float = NEAR_M
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of random points so near to lines of the plane."""
    lengths = shapely.length(lines)
    chosen = rng.choice(len(lines), POINTS, p=lengths / lengths.sum())
    on = shapely.line_interpolate_point(lines[chosen], rng.uniform(0, 1, POINTS), normalized=True)
    turn, away = rng.uniform(0, 2 * np.pi, POINTS), rng.uniform(0, within_m, POINTS)
    x = shapely.get_x(on) + away * np.cos(turn)
    y = shapely.get_y(on) + away * np.sin(turn)
    lon, lat = TO_PLANE.transform(x, y, direction="INVERSE")
    return lon, lat


def _unsure(
    snapshot: Snapshot, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where an answer must not be certain, and where that does not hang on rounding."""
    lines, accuracies = _zone_borders(snapshot)
    points = shapely.points(*TO_PLANE.transform(lon, lat))
    short_of = shapely.distance(lines[:, None], points) - accuracies[:, None]
    unsure = (short_of < 0).any(axis=0) | shapely.intersects_xy(_disputed(snapshot), lon, lat)
    return unsure, (np.abs(short_of) > MEASURED_TO_M).all(axis=0)


def _disputed(snapshot: Snapshot) -> BaseGeometry:
    return shapely.union_all(snapshot.collection("disputes").geometries)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_within_100_m_of_a_border_certain_is_false_exactly_where_it_must_be(
    locator: Locator, seeded_snapshot: Snapshot, seed: int
) -> None:
    lines, _ = _zone_borders(seeded_snapshot)
    lon, lat = _beside(lines, np.random.default_rng(seed))
    unsure, clear = _unsure(seeded_snapshot, lon, lat)
    told = np.array([not p.certain for p in locator.locate_many(lon, lat)])
    assert clear.sum() > 0.99 * POINTS
    assert 0.2 < unsure.mean() < 0.95
    assert np.flatnonzero((told != unsure) & clear).tolist() == []


def test_where_sureness_ends_it_ends_to_the_centimetre(
    locator: Locator, seeded_snapshot: Snapshot
) -> None:
    lines, accuracies = _zone_borders(seeded_snapshot)
    # Rims of what lies nearer to a border than its accuracy and a centimetre more, or less.
    reach = accuracies[:, None] + (-0.01, 0.01)
    rims = shapely.boundary(shapely.buffer(lines[:, None], reach)).ravel()
    lon, lat = _beside(rims, np.random.default_rng(4), within_m=0.001)
    unsure, clear = _unsure(seeded_snapshot, lon, lat)
    told = np.array([not p.certain for p in locator.locate_many(lon, lat)])
    assert np.flatnonzero((told != unsure) & clear).tolist() == []
    assert 0.2 < unsure.mean() < 0.95


def test_on_a_border_nothing_is_certain(locator: Locator, seeded_snapshot: Snapshot) -> None:
    borders = seeded_snapshot.collection("borders")
    vertices = shapely.get_coordinates(
        [f.geometry for f in borders if f.properties["role"] != "subdistrict"]
    )
    assert not any(p.certain for p in locator.locate_many(vertices[:, 0], vertices[:, 1]))


def test_an_uncertain_answer_names_a_border_near_enough_or_a_conflict(
    locator: Locator, seeded_snapshot: Snapshot
) -> None:
    lines, accuracies = _zone_borders(seeded_snapshot)
    lon, lat = _beside(lines, np.random.default_rng(3))
    for placement in locator.locate_many(lon, lat):
        nearest = placement.nearest_border
        assert nearest is not None
        near = nearest.distance_m < (nearest.accuracy_m or 0)
        # A border farther off may be known worse and reach the point all the same.
        if not placement.certain and not placement.conflicts and not near:
            assert nearest.distance_m < accuracies.max()
        if near or placement.conflicts:
            assert not placement.certain
