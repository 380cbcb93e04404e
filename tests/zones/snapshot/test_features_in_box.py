"""Boxes in any system select what a plain loop over the moved geometries selects."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.examples import examples
from zones.crs.transform import CRS, geometry_from_storage
from zones.errors import CoordinateError
from zones.snapshot.features_in_box import Box, select_box
from zones.snapshot.model import Snapshot

Points = NDArray[np.object_]

PROJECTED = [CRS.EPSG_4550, CRS.EPSG_4529, CRS.EPSG_3857]


@pytest.mark.parametrize("crs", [*PROJECTED, CRS.GCJ02, CRS.CRS84], ids=lambda crs: crs.key)
@examples(30)
@given(corners=st.tuples(*[st.floats(0, 1)] * 4))
def test_a_box_selects_the_sites_that_a_plain_loop_finds_in_it(
    seeded_snapshot: Snapshot, crs: CRS, corners: tuple[float, float, float, float]
) -> None:
    sites = seeded_snapshot.collection("sites")
    moved = geometry_from_storage(np.array(sites.geometries), crs)
    x_low, y_low, x_high, y_high = shapely.total_bounds(moved)
    x = sorted(x_low + share * (x_high - x_low) for share in corners[:2])
    y = sorted(y_low + share * (y_high - y_low) for share in corners[2:])
    found = set(select_box(sites, (x[0], y[0], x[1], y[1]), crs).tolist())
    assert inside(moved, x, y, -margin_of(crs)) <= found <= inside(moved, x, y, margin_of(crs))


def margin_of(crs: CRS) -> float:
    """Return some centimetres: so much a side of a box may bend on its way to degrees."""
    return 1e-6 if crs.is_geographic else 0.05


def inside(points: Points, x: list[float], y: list[float], margin: float) -> set[int]:
    """Return the positions of the points in a box widened by a margin."""
    return {
        i
        for i, point in enumerate(points)
        if point is not None
        and x[0] - margin <= point.x <= x[1] + margin
        and y[0] - margin <= point.y <= y[1] + margin
    }


@pytest.mark.parametrize("crs", PROJECTED, ids=lambda crs: crs.key)
def test_a_box_without_height_is_a_line(seeded_snapshot: Snapshot, crs: CRS) -> None:
    zones = seeded_snapshot.collection("zones")
    bounds = shapely.bounds(geometry_from_storage(np.array(zones.geometries), crs))
    x_min, x_max = bounds[:, 0].min(), bounds[:, 2].max()
    middle = (bounds[0, 1] + bounds[0, 3]) / 2
    found = select_box(zones, (x_min, middle, x_max, middle), crs).tolist()
    expected = [i for i, box in enumerate(bounds) if box[1] <= middle <= box[3]]
    assert 0 in found
    assert set(found) <= set(expected)


@pytest.mark.parametrize(
    ("box", "crs", "code"),
    [
        ((41.7, 123.3, 41.8, 123.5), CRS.CRS84, "coordinate-swapped"),
        ((41.7, 123.3, 41.8, 123.5), CRS.GCJ02, "coordinate-swapped"),
        ((170, -195, 171, -191), CRS.BD09, "coordinate-out-of-range"),
    ],
)
def test_a_box_that_lies_nowhere_is_refused(
    seeded_snapshot: Snapshot, box: Box, crs: CRS, code: str
) -> None:
    with pytest.raises(CoordinateError) as caught:
        select_box(seeded_snapshot.collection("zones"), box, crs)
    assert caught.value.code == code


@pytest.mark.parametrize("crs", PROJECTED, ids=lambda crs: crs.key)
def test_a_box_that_reaches_beyond_where_metres_are_used_selects_what_is_within(
    seeded_snapshot: Snapshot, crs: CRS
) -> None:
    zones = seeded_snapshot.collection("zones")
    assert len(select_box(zones, (-1e300, -1e300, 1e300, 1e300), crs)) == len(zones)


@pytest.mark.parametrize(
    ("box", "crs", "code"),
    [
        ((1e300, 1e300, 1e301, 1e301), CRS.EPSG_4550, "coordinate-out-of-range"),
        ((123.35, 41.75, 123.45, 41.82), CRS.EPSG_4550, "coordinate-in-degrees"),
        ((41_533_000, 4_626_000, 41_534_000, 4_628_000), CRS.EPSG_4550, "coordinate-other-crs"),
        ((0, 0, 1, 91), CRS.CRS84, "coordinate-out-of-range"),
        ((181, 0, 182, 1), CRS.EPSG_4490, "coordinate-out-of-range"),
        ((0, -90.001, 1, 1), CRS.GCJ02, "coordinate-out-of-range"),
        ((-200, -100, 200, 100), CRS.CRS84, "coordinate-out-of-range"),
        ((2e16, -1, -4e130, 50), CRS.GCJ02, "coordinate-out-of-range"),
    ],
)
def test_a_box_with_a_side_that_is_nowhere_is_refused(
    seeded_snapshot: Snapshot, box: Box, crs: CRS, code: str
) -> None:
    with pytest.raises(CoordinateError) as caught:
        select_box(seeded_snapshot.collection("zones"), box, crs)
    assert caught.value.code == code


@pytest.mark.parametrize("crs", [crs for crs in CRS if crs.is_geographic], ids=lambda crs: crs.key)
def test_a_view_of_the_whole_world_selects_everything(seeded_snapshot: Snapshot, crs: CRS) -> None:
    zones = seeded_snapshot.collection("zones")
    for box in ((-180, -90, 180, 90), (-180.00000000000006, -90, 180.00000000000006, 90)):
        assert len(select_box(zones, box, crs)) == len(zones)


def test_a_shifted_box_across_the_antimeridian_has_two_parts(seeded_snapshot: Snapshot) -> None:
    zones = seeded_snapshot.collection("zones")
    assert len(select_box(zones, (120, 40, -170, 45), CRS.GCJ02)) == len(zones)
    assert len(select_box(zones, (130, 40, -170, 45), CRS.GCJ02)) == 0
