"""What differs between two states of a collection."""

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from zones.crs.reference_systems import PLANE
from zones.crs.transform import geometry_to_storage, to_plane
from zones.model import JSON, Feature
from zones.store.revision_diff import FieldChange, difference_between, hausdorff_m

HERE = (533000.0, 4625000.0)  # EPSG:4550, in the district


def in_metres(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return a shape given in metres from a corner of the district, in EPSG:4490."""
    moved = shapely.transform(geometry, lambda xy: xy + HERE)
    stored: shapely.Geometry = geometry_to_storage(moved, PLANE)
    return stored


def one(fid: str, geometry: shapely.Geometry | None = None, **properties: JSON) -> Feature:
    return Feature(fid, geometry, properties)


def test_features_are_matched_by_id_and_told_apart() -> None:
    difference = difference_between(
        [one("a"), one("b", n=1), one("c")], [one("c"), one("b", n=2), one("d")]
    )
    kinds = [(change.fid, change.kind) for change in difference.changes()]
    assert kinds == [("d", "added"), ("b", "changed"), ("a", "removed")]
    assert len(difference) == 3


def test_each_field_tells_what_it_was_and_is() -> None:
    difference = difference_between(
        [one("a", name="旧", gone=1, same=[1, 2])], [one("a", name="新", same=[1, 2], new=None)]
    )
    (change,) = difference.changes()
    assert change.fields == (
        FieldChange("name", "changed", "旧", "新"),
        FieldChange("new", "added", None, None),
        FieldChange("gone", "removed", 1, None),
    )
    assert not change.geometry_changed


def test_the_type_of_a_value_counts_and_the_order_of_members_does_not() -> None:
    before = one("a", n=1, o={"x": 1, "y": 2})
    assert len(difference_between([before], [one("a", o={"y": 2, "x": 1}, n=1)])) == 0
    assert len(difference_between([before], [one("a", o={"x": 1, "y": 2}, n=1.0)])) == 1


def test_a_square_pushed_thirty_metres_east_moved_thirty_metres() -> None:
    before, after = in_metres(box(0, 0, 100, 100)), in_metres(box(30, 0, 130, 100))
    (change,) = difference_between([one("a", before)], [one("a", after)]).changes()
    assert change.moved_m == pytest.approx(30, abs=1e-6)
    assert change.area_change_m2 == pytest.approx(0, abs=0.1)


def test_a_square_grown_by_one_strip_gained_its_area() -> None:
    before, after = in_metres(box(0, 0, 100, 100)), in_metres(box(0, 0, 100, 150))
    (change,) = difference_between([one("a", before)], [one("a", after)]).changes()
    # The plane is 15 to 40 ppm larger than the ellipsoid here.
    assert change.area_change_m2 == pytest.approx(5000, abs=0.5)
    assert change.moved_m == pytest.approx(50, abs=1e-6)


def test_lines_move_and_have_no_area_and_what_has_no_place_does_not_move() -> None:
    line = in_metres(LineString([(0, 0), (10, 0)]))
    moved = in_metres(LineString([(0, 4), (10, 4)]))
    (change,) = difference_between([one("a", line)], [one("a", moved)]).changes()
    assert change.moved_m == pytest.approx(4, abs=1e-6)
    assert change.area_change_m2 is None
    (lost,) = difference_between([one("a", line)], [one("a")]).changes()
    assert (lost.moved_m, lost.area_change_m2, lost.geometry_changed) == (None, None, True)


def test_an_attribute_alone_moves_nothing() -> None:
    shape = in_metres(box(0, 0, 9, 9))
    (change,) = difference_between([one("a", shape, n=1)], [one("a", shape, n=2)]).changes()
    assert (change.moved_m, change.area_change_m2) == (0, 0)


@pytest.mark.parametrize("seed", range(12))
def test_distances_are_those_of_geos(seed: int) -> None:
    """GEOS compares every vertex with every edge: slow, and independent of an index."""
    random = np.random.default_rng(seed)
    shapes = [_random_shape(random, kind) for kind in (seed % 4, seed // 4)]
    expected = shapely.hausdorff_distance(*(to_plane(shape) for shape in shapes))
    assert hausdorff_m(*shapes) == pytest.approx(expected, rel=1e-9)


def _random_shape(random: np.random.Generator, kind: int) -> shapely.Geometry:
    angles = np.sort(random.uniform(0, 2 * np.pi, 30))
    radii = random.uniform(50, 200, 30)
    star = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    ring = Polygon(star, [star * 0.3])
    shapes = (ring, LineString(star), Point(star[0]), MultiPolygon([ring, box(500, 0, 510, 10)]))
    return in_metres(shapes[kind])


@pytest.mark.slow
def test_two_outlines_of_a_hundred_thousand_vertices_are_compared_in_seconds() -> None:
    angles = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    rings = [in_metres(Polygon(circle * radius_m)) for radius_m in (1000.0, 1010.0)]
    assert hausdorff_m(*rings) == pytest.approx(10, abs=0.01)


def test_only_the_changes_asked_for_are_measured() -> None:
    before = [one(str(n)) for n in range(5)]
    after = [one(str(n), n=n) for n in range(5)]
    difference = difference_between(before, after)
    assert [change.fid for change in difference.changes(1, 3)] == ["1", "2"]
    assert difference.changes(5, 9) == []
